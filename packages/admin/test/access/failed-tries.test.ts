import { describe, expect, it } from 'vitest';
import { FailedTries } from '../../src/access/failed-tries.ts';

/** Tries whose sleeps are noted and end at once. */
function tries(): { readonly failed: FailedTries; readonly delaysMs: number[] } {
  const delaysMs: number[] = [];
  const failed = new FailedTries(
    () => 0,
    async (ms) => void delaysMs.push(ms),
  );
  return { failed, delaysMs };
}

async function failTimes(failed: FailedTries, address: string, times: number): Promise<number> {
  let count = 0;
  for (let i = 0; i < times; i += 1) count = await failed.failed(address);
  return count;
}

describe('FailedTries', () => {
  it('counts each address for itself', async () => {
    const { failed, delaysMs } = tries();
    expect(await failTimes(failed, '10.0.0.1', 5)).toBe(5);
    expect(await failTimes(failed, '10.0.0.2', 5)).toBe(5);
    expect(delaysMs).toEqual([]);
    await failTimes(failed, '10.0.0.1', 1);
    expect(delaysMs).toEqual([100]);
  });

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['2001:db8::1', '2001:db8:0:0:5::', true],
    ['::1', '::2', true],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.2', false],
  ])('%s and %s count as one network: %s', async (one, other, isSame) => {
    const { failed } = tries();
    await failTimes(failed, one, 3);
    expect(await failTimes(failed, other, 1)).toBe(isSame ? 4 : 1);
  });

  it('remembers 1024 addresses; the one longest without a wrong try goes first', async () => {
    const { failed } = tries();
    await failTimes(failed, 'stays', 2);
    await failTimes(failed, 'goes', 2);
    for (let i = 0; i < 1022; i += 1) await failTimes(failed, `10.0.${i >> 8}.${i & 255}`, 1);
    await failTimes(failed, 'stays', 1);
    await failTimes(failed, 'one more', 1);
    expect(await failTimes(failed, 'stays', 1)).toBe(4);
    expect(await failTimes(failed, 'goes', 1)).toBe(1);
  });
});
