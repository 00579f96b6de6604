import type { Server } from 'node:net';
import { describe, expect, it } from 'vitest';
import { shareReads } from '../src/shared-read.ts';

/** Stands where Node's own `onconnection` stands and writes down what reaches it. */
function serverWith(handle: object | null | undefined): Server {
  return { _handle: handle } as unknown as Server;
}

const refuseAll = (): never => {
  throw new Error('must not be accepted here');
};

describe('shareReads', () => {
  it.each([
    ['no handle', undefined],
    ['a closed server', null],
    ['a handle of another kind', {}],
  ])('answers false and changes nothing: %s', (_, handle) => {
    expect(shareReads(serverWith(handle), () => undefined, refuseAll)).toBe(false);
    if (handle) expect(handle).toEqual({});
  });

  it.each([
    ['an error of accept (EMFILE)', -24, undefined],
    ['a handle that cannot read into our buffer', 0, { setNoDelay() {}, getpeername() {} }],
    ['a handle that does not know its peer', 0, { setNoDelay() {}, useUserBuffer() {} }],
  ])('leaves to Node: %s', (_, err, clientHandle) => {
    const seen: unknown[] = [];
    const handle = {
      onconnection(this: unknown, ...args: unknown[]) {
        seen.push(this, ...args);
      },
    };
    expect(shareReads(serverWith(handle), () => undefined, refuseAll)).toBe(true);
    (handle.onconnection as (...args: unknown[]) => void)(err, clientHandle);
    expect(seen).toEqual([handle, err, clientHandle]);
  });
});
