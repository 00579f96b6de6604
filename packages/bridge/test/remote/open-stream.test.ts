import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type Server, Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { openStream } from '../../src/remote/open-stream.ts';
import type { StreamTarget } from '../../src/remote/remote-stream.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A server of this kind on a free port. */
async function listening(kind: 'tcp' | 'ws'): Promise<number> {
  const server: Server = kind === 'tcp' ? createTcpServer() : createServer();
  if (kind === 'ws') new WebSocketServer({ server: server as ReturnType<typeof createServer> });
  server.listen(0, '127.0.0.1');
  ends.push(() => server.close());
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
}

function targetOn(kind: 'tcp' | 'ws', port: number, tcp: StreamTarget['tcp']): StreamTarget {
  const server = { url: '', kind, host: '127.0.0.1', port, path: '/mqtt', isTls: false };
  return { server, tls: { verifyPeer: true }, tcp, timeoutMs: 60_000 };
}

/** What was last set with this method on the socket that leads to the port; undefined if nothing was. */
function lastSet(method: 'setNoDelay' | 'setKeepAlive', port: number): unknown[] | undefined {
  const { contexts, calls } = vi.mocked(Socket.prototype[method]).mock;
  return calls.filter((_, i) => (contexts[i] as Socket | undefined)?.remotePort === port).at(-1);
}

describe.each(['tcp', 'ws'] as const)('a stream over %s', (kind) => {
  it.each([
    [{ noDelay: true, keepAliveMs: null }, [true], undefined],
    [{ noDelay: false, keepAliveMs: 30_000 }, [false], [true, 30_000]],
  ])('has the socket options of the bridge: %o', async (tcp, noDelay, keepAlive) => {
    vi.spyOn(Socket.prototype, 'setNoDelay');
    vi.spyOn(Socket.prototype, 'setKeepAlive');
    const port = await listening(kind);
    const events = { received() {}, drained() {}, closed() {} };
    const stream = await openStream(targetOn(kind, port, tcp), events);
    ends.push(() => stream.destroy());
    expect(lastSet('setNoDelay', port)).toEqual(noDelay);
    expect(lastSet('setKeepAlive', port)).toEqual(keepAlive);
  });

  it('tells the address of the remote broker', async () => {
    const events = { received() {}, drained() {}, closed() {} };
    const tcp = { noDelay: true, keepAliveMs: null };
    const stream = await openStream(targetOn(kind, await listening(kind), tcp), events);
    ends.push(() => stream.destroy());
    expect(stream.remoteAddress).toBe('127.0.0.1');
  });
});
