import { describe, expect, it } from 'vitest';
import { SessionDirectory } from '../../src/directory/session-directory.ts';

describe('the session directory', () => {
  it('gives an identifier to who claims it first, and to nobody else until it is released', () => {
    const directory = new SessionDirectory();
    expect([directory.claim('a', 1), directory.claim('a', 2), directory.claim('a', 1)]).toEqual([1, 1, 1]);
    directory.release('a', 1);
    expect(directory.holderOf('a')).toBeUndefined();
    expect(directory.claim('a', 2)).toBe(2);
  });

  it('obeys a release from the holder only', () => {
    const directory = new SessionDirectory();
    directory.claim('a', 1);
    directory.release('a', 2);
    directory.release('unknown', 2);
    expect(directory.holderOf('a')).toBe(1);
    expect(directory.size).toBe(1);
  });

  it('drops what a shard held that is gone, and nothing else', () => {
    const directory = new SessionDirectory();
    for (const [clientId, shardId] of [
      ['a', 1],
      ['b', 2],
      ['c', 1],
    ] as const)
      directory.claim(clientId, shardId);
    directory.gone(1);
    expect([directory.holderOf('a'), directory.holderOf('b'), directory.holderOf('c')]).toEqual([
      undefined,
      2,
      undefined,
    ]);
    expect(directory.size).toBe(1);
  });
});
