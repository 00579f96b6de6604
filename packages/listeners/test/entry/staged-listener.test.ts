import { once } from 'node:events';
import type { Socket } from 'node:net';
import { RecordedEvents } from '@nanomq-ts/testkit';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Listener, ListenerOptions } from '../../src/listener.ts';
import { listenTcp } from '../../src/tcp-listener.ts';
import { listenWs } from '../../src/ws/ws-listener.ts';
import { tcpClient, turn } from '../listener-harness.ts';

const POLL = { interval: 2, timeout: 10_000 };
const HEADER = 'PROXY TCP4 192.0.2.7 192.0.2.1 5000 1883\r\n';
const LOOPBACK = { trustedSources: ['127.0.0.0/8'] };

const came: string[] = [];
const common: ListenerOptions & { host: string; port: number } = {
  name: 'x',
  host: '127.0.0.1',
  port: 0,
  accept: ({ remoteAddress }) => {
    came.push(remoteAddress);
    return new RecordedEvents();
  },
};

afterEach(() => void came.splice(0));

async function opened<T extends Listener>(opening: Promise<T>): Promise<T> {
  const listener = await opening;
  onTestFinished(async () => {
    await listener.close();
    while (listener.connectionCount > 0) await turn();
  });
  return listener;
}

async function client(listener: Listener, text: string): Promise<Socket> {
  const socket = await tcpClient(listener);
  onTestFinished(() => void socket.destroy());
  socket.write(text);
  return socket;
}

/** The status that an upgrade is answered with. */
async function upgrade(listener: Listener, path: string, origin: string): Promise<string> {
  const key =
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt';
  const head = `GET ${path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: ${origin}`;
  const socket = await client(listener, `${head}\r\n${key}\r\n\r\n`);
  return String((await once(socket, 'data'))[0]).slice(9, 12);
}

it('that it cannot be opened is told the caller, and is no fault of a connection', async () => {
  const { port } = await opened(listenWs(common));
  const told: Error[] = [];
  const opening = listenWs({ ...common, port, onError: (error) => told.push(error) });
  await expect(opening).rejects.toMatchObject({ code: 'EADDRINUSE' });
  expect(told).toEqual([]);
});

describe('other settings of an open listener', () => {
  it('who may speak for others', async () => {
    const listener = await opened(listenTcp({ ...common, proxyProtocol: { trustedSources: ['10.0.0.0/8'] } }));
    await client(listener, HEADER);
    await expect.poll(() => listener.refusals.proxyUntrusted, POLL).toBe(1);
    const change = listener.prepare({ proxyProtocol: LOOPBACK });
    await client(listener, HEADER);
    await expect.poll(() => listener.refusals.proxyUntrusted, POLL).toBe(2);
    change?.();
    await client(listener, `${HEADER}.`);
    await expect.poll(() => came, POLL).toEqual(['192.0.2.7']);
  });

  it('no PROXY header any more', async () => {
    const listener = await opened(listenTcp({ ...common, proxyProtocol: LOOPBACK }));
    listener.prepare({})?.();
    await client(listener, '.');
    await expect.poll(() => came, POLL).toEqual(['127.0.0.1']);
  });

  it('path and origins of WebSocket', async () => {
    const listener = await opened(listenWs(common));
    listener.prepare({ webSocket: { path: '/here', origins: ['https://a.example'] } })?.();
    expect(await upgrade(listener, '/mqtt', 'https://a.example')).toBe('404');
    expect(await upgrade(listener, '/here', 'https://b.example')).toBe('403');
    expect(await upgrade(listener, '/here', 'https://a.example')).toBe('101');
    listener.prepare({})?.();
    expect(await upgrade(listener, '/mqtt', 'https://b.example')).toBe('101');
  });

  it('time for the handshake', async () => {
    const listener = await opened(listenWs(common));
    listener.prepare({ handshakeTimeoutMs: 1 })?.();
    await client(listener, '');
    await expect.poll(() => listener.refusals.timeout, POLL).toBe(1);
  });

  it.each([
    ['a source that is none', { proxyProtocol: { trustedSources: ['everyone'] } }],
    ['an origin that is none', { webSocket: { origins: ['everywhere'] } }],
  ])('refuses %s; those in force stay', async (_, settings) => {
    const listener = await opened(listenWs(common));
    expect(() => listener.prepare(settings)).toThrow(RangeError);
    expect(await upgrade(listener, '/mqtt', 'https://b.example')).toBe('101');
  });

  it('a TCP listener that expects no PROXY header cannot begin to', async () => {
    const listener = await opened(listenTcp(common));
    expect(listener.prepare({ proxyProtocol: LOOPBACK })).toBeNull();
    expect(listener.prepare({ handshakeTimeoutMs: 1 })).not.toBeNull();
  });
});
