import { once } from 'node:events';
import { connect, type Server, Socket } from 'node:net';
import type { Transport, TransportEvents } from '@nanomq-ts/core';
import { RecordedEvents } from '@nanomq-ts/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { listenTcp, type TcpListener } from '../src/tcp-listener.ts';
import { turn } from './listener-harness.ts';

const POLL = { interval: 2, timeout: 10_000 };

describe.each([
  ['shared read buffer', true],
  ['data listener', false],
])('listenTcp: %s', (_, sharedRead) => {
  let listener: TcpListener;
  let answer: (transport: Transport) => TransportEvents | null;
  const transports: Transport[] = [];
  const clients: Socket[] = [];

  const listen = (port = 0, onError?: (error: Error) => void) =>
    listenTcp({
      host: '127.0.0.1',
      port,
      name: 'tcp:default',
      sharedRead,
      accept: (transport) => {
        transports.push(transport);
        return answer(transport);
      },
      ...(onError && { onError }),
    });

  async function connected(): Promise<Socket> {
    const socket = connect(listener.port, '127.0.0.1').on('error', () => {});
    clients.push(socket);
    await once(socket, 'connect');
    return socket;
  }

  beforeEach(async () => {
    answer = () => new RecordedEvents();
    listener = await listen();
  });

  afterEach(async () => {
    for (const socket of clients.splice(0)) socket.destroy();
    for (const transport of transports.splice(0)) transport.destroy();
    await listener.close();
    while (listener.connectionCount > 0) await turn();
    vi.restoreAllMocks();
  });

  it('says its name and the port it really has', () => {
    expect([listener.name, listener.host, listener.sharedRead]).toEqual(['tcp:default', '127.0.0.1', sharedRead]);
    expect(listener.port).toBeGreaterThan(0);
  });

  it('counts the connections that are open', async () => {
    const first = await connected();
    await connected();
    await expect.poll(() => listener.connectionCount, POLL).toBe(2);
    first.end();
    await expect.poll(() => listener.connectionCount, POLL).toBe(1);
    transports[1]?.destroy();
    await expect.poll(() => listener.connectionCount, POLL).toBe(0);
  });

  it('tells the transport the address and port of its client', async () => {
    const socket = await connected();
    await expect.poll(() => transports.length, POLL).toBe(1);
    expect([transports[0]?.remoteAddress, transports[0]?.remotePort]).toEqual(['127.0.0.1', socket.localPort]);
  });

  it('destroys at once what accept refuses', async () => {
    answer = () => null;
    const socket = await connected();
    socket.write('hello');
    await once(socket, 'close');
    await expect.poll(() => listener.connectionCount, POLL).toBe(0);
  });

  it('lets accept write, pause and end before it returns', async () => {
    const events = new RecordedEvents();
    answer = (transport) => {
      transport.pause();
      transport.write(Buffer.from('no'));
      transport.end();
      return events;
    };
    const socket = await connected();
    const [bytes] = await once(socket, 'data');
    expect(String(bytes)).toBe('no');
    await expect.poll(() => events.closedCount, POLL).toBe(1);
  });

  it('frees the port on close and leaves connections alone', async () => {
    const events = new RecordedEvents();
    answer = () => events;
    const socket = await connected();
    await expect.poll(() => transports.length, POLL).toBe(1);
    await listener.close();
    await listener.close();
    const next = await listen(listener.port);
    socket.write('still here');
    await expect.poll(() => events.bytes.toString(), POLL).toBe('still here');
    expect(events.closedCount).toBe(0);
    await next.close();
  });

  it('throws the error of the system when the port is taken', async () => {
    await expect(listen(listener.port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('tells an error of accept and goes on', async () => {
    const errors: Error[] = [];
    await listener.close();
    const server = await serverOf(async () => {
      listener = await listen(0, (error) => errors.push(error));
    });
    const handle = (server as unknown as { _handle: { onconnection(err: number): void } })._handle;
    handle.onconnection(-24); // EMFILE, as libuv tells it
    expect(errors).toMatchObject([{ code: 'EMFILE', syscall: 'accept' }]);
    await connected();
    await expect.poll(() => listener.connectionCount, POLL).toBe(1);
  });
});

/** The `net.Server` that `open` makes, which no listener gives away. */
async function serverOf(open: () => Promise<void>): Promise<Server> {
  const { Server } = await import('node:net');
  const listening = vi.spyOn(Server.prototype, 'listen');
  await open();
  return listening.mock.contexts[0] as Server;
}

it('closes a connection of a client that is gone before it is accepted', async () => {
  const events = new RecordedEvents();
  const listener = await listenTcp({ host: '127.0.0.1', port: 0, name: 'tcp:default', accept: () => events });
  const socket = new Socket().on('error', () => {});
  socket.connect(listener.port, '127.0.0.1', () => socket.resetAndDestroy());
  await expect.poll(() => events.closedCount, POLL).toBe(1);
  expect(listener.connectionCount).toBe(0);
  await listener.close();
});
