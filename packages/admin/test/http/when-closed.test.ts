import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { whenClosed } from '../../src/http/when-closed.ts';
import { AdminHarness } from '../support/admin-harness.ts';

function reply(): ServerResponse {
  return new ServerResponse(new IncomingMessage(new Socket()));
}

describe('whenClosed', () => {
  it('calls back in order and once, with one listener of the reply', () => {
    const response = reply();
    const calls: number[] = [];
    for (const each of [1, 2, 3]) whenClosed(response, () => calls.push(each));
    expect(response.listenerCount('close')).toBe(1);
    expect(calls).toEqual([]);
    response.emit('close');
    response.emit('close');
    expect(calls).toEqual([1, 2, 3]);
  });

  it('knows replies apart', () => {
    const [one, other] = [reply(), reply()];
    const calls: string[] = [];
    whenClosed(one, () => calls.push('one'));
    whenClosed(other, () => calls.push('other'));
    other.emit('close');
    expect(calls).toEqual(['other']);
  });

  it.each<[string, string, object]>([
    ['POST', '/api/v1', { req: 5, seq: 1 }],
    ['GET', '/api/v4/clients?limit=100', {}],
    ['GET', '/metrics', {}],
  ])('no request or reply of %s %s has two listeners of anything', async (method, path, body) => {
    const doubled: string[] = [];
    const end = ServerResponse.prototype.end;
    const spy = vi.spyOn(ServerResponse.prototype, 'end').mockImplementation(function (
      this: ServerResponse,
      ...words: unknown[]
    ) {
      for (const emitter of [this, this.req]) {
        doubled.push(
          ...emitter
            .eventNames()
            .map(String)
            .filter((name) => emitter.listenerCount(name) > 1),
        );
      }
      return Reflect.apply(end, this, words);
    });
    const harness = await AdminHarness.open();
    harness.admin.addClient({ clientId: 'c' });
    const { status } = await harness.call({ method, path, body });
    expect([status, spy.mock.calls.length, doubled]).toEqual([200, 1, []]);
    spy.mockRestore();
  });
});
