import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import type { Transport } from '@nanomq-ts/core';
import { RecordedEvents, RecordedLog } from '@nanomq-ts/testkit';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Listener, PortListenerOptions } from '../../src/listener.ts';
import { listenTcp } from '../../src/tcp-listener.ts';
import { listenTls } from '../../src/tls/tls-listener.ts';
import { listenUnix } from '../../src/unix-listener.ts';
import { listenWs, listenWss } from '../../src/ws/ws-listener.ts';
import { DevCerts } from '../dev-certs.ts';
import { tcpClient, turn } from '../listener-harness.ts';

const POLL = { interval: 2, timeout: 10_000 };
const V1 = Buffer.from('PROXY TCP4 192.0.2.7 10.0.0.1 4711 1883\r\n');
const V2 = Buffer.from('0d0a0d0a000d0a515549540a2111000cc00002070a0000011267075b', 'hex');
const certs = DevCerts.make();
const tls = { certFile: certs.path('server.pem'), keyFile: certs.path('server.key') };
const folder = mkdtempSync(join(tmpdir(), 'nanomq-unix-'));

afterAll(() => {
  certs.remove();
  rmSync(folder, { recursive: true });
});

/** Sends what an MQTT client would, `hello`, over what the listener speaks. */
type Speak = (socket: Socket) => Promise<void>;

const overPlain: Speak = async (socket) => void socket.write('hello');
const overTls: Speak = async (socket) => {
  const secured = connectTls({ socket, rejectUnauthorized: false });
  await once(secured, 'secureConnect');
  secured.write('hello');
};
const overWebSocket = async (socket: Socket): Promise<void> => {
  const webSocket = new WebSocket('ws://localhost/mqtt', 'mqtt', { createConnection: () => socket });
  await once(
    webSocket.on('error', () => {}),
    'open',
  );
  webSocket.send(Buffer.from('hello'));
};
const overSecureWebSocket: Speak = async (socket) => {
  const secured = connectTls({ socket, rejectUnauthorized: false });
  await once(secured, 'secureConnect');
  await overWebSocket(secured);
};

const KINDS: readonly [string, (options: PortListenerOptions) => Promise<Listener>, Speak][] = [
  ['TCP', listenTcp, overPlain],
  ['TLS', (options) => listenTls({ ...options, tls }), overTls],
  ['WebSocket', listenWs, overWebSocket],
  ['secure WebSocket', (options) => listenWss({ ...options, tls }), overSecureWebSocket],
];

describe.each(KINDS)('behind the PROXY protocol: %s', (_, listen, speak) => {
  let listener: Listener;
  let log: RecordedLog;
  let events: RecordedEvents;
  let admitted: unknown[];
  let transports: Transport[];
  const sockets: Socket[] = [];

  async function open(trustedSources: readonly string[] = ['127.0.0.0/8']): Promise<void> {
    listener = await listen({
      name: 'proxied',
      host: '127.0.0.1',
      port: 0,
      logger: log,
      proxyProtocol: { trustedSources },
      admit: (...client) => {
        admitted.push(client);
        return true;
      },
      accept: (transport) => {
        transports.push(transport);
        return events;
      },
    });
  }

  async function client(): Promise<Socket> {
    const socket = await tcpClient(listener);
    sockets.push(socket);
    return socket;
  }

  beforeEach(() => {
    log = new RecordedLog();
    events = new RecordedEvents();
    admitted = [];
    transports = [];
  });

  afterEach(async () => {
    vi.useRealTimers();
    for (const transport of transports) transport.destroy();
    for (const socket of sockets.splice(0)) socket.destroy();
    await listener.close();
    while (listener.connectionCount > 0) await turn();
  });

  it.each([
    ['version 1', V1],
    ['version 2', V2],
  ])('takes the client from the header: %s', async (_version, header) => {
    await open();
    const socket = await client();
    socket.write(header);
    await speak(socket);
    await expect.poll(() => events.bytes.toString(), POLL).toBe('hello');
    expect([transports[0]?.remoteAddress, transports[0]?.remotePort]).toEqual(['192.0.2.7', 4711]);
    expect(admitted).toEqual([['192.0.2.7', 4711]]);
  });

  it('takes a header byte by byte', async () => {
    await open();
    const socket = await client();
    for (const byte of V2) {
      socket.write(Buffer.of(byte));
      await turn();
    }
    await speak(socket);
    await expect.poll(() => events.bytes.toString(), POLL).toBe('hello');
    expect(transports[0]?.remoteAddress).toBe('192.0.2.7');
  });

  it('takes what comes in one piece with the header', async () => {
    await open();
    const socket = await client();
    socket.cork();
    socket.write(V1);
    const spoken = speak(socket);
    await turn();
    socket.uncork();
    await spoken;
    await expect.poll(() => events.bytes.toString(), POLL).toBe('hello');
  });

  it('keeps the address of the proxy where that speaks for itself', async () => {
    await open();
    const socket = await client();
    socket.write('PROXY UNKNOWN\r\n');
    await speak(socket);
    await expect.poll(() => events.bytes.toString(), POLL).toBe('hello');
    expect([transports[0]?.remoteAddress, transports[0]?.remotePort]).toEqual(['127.0.0.1', socket.localPort]);
  });

  it.each([
    ['an untrusted source', ['192.0.2.0/24'], V1, 'proxyUntrusted'],
    ['a malformed header', undefined, Buffer.from('PROXY TCP4 x\r\n'), 'proxyMalformed'],
    ['no header', undefined, Buffer.from('100c00044d5154540400003c0000', 'hex'), 'proxyMalformed'],
  ])('closes on %s', async (_case, trusted, bytes, reason) => {
    await open(trusted);
    const socket = await client();
    const closed = once(socket, 'close');
    socket.on('end', () => socket.end()).resume();
    socket.write(bytes);
    await closed;
    await expect.poll(() => log.lines, POLL).toMatchObject([{ reason, remoteAddress: '127.0.0.1' }]);
    expect([transports.length, listener.connectionCount]).toEqual([0, 0]);
  });

  it('closes when the header takes too long', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await open();
    (await client()).write(V2.subarray(0, 20));
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(listener.connectionCount).toBe(1);
    vi.advanceTimersByTime(10_000);
    while (listener.connectionCount > 0) await turn();
    expect(listener.refusals.timeout).toBe(1);
  });

  it.each(['10.0.0.0/33', 'localhost'])('does not open with %s for a trusted source', async (entry) => {
    await open();
    const { port } = listener;
    await expect(open([entry])).rejects.toThrow(RangeError);
    expect(listener.port).toBe(port);
  });
});

it('believes every peer of a Unix socket: who may open its file', async () => {
  const events = new RecordedEvents();
  const transports: Transport[] = [];
  const listener = await listenUnix({
    name: 'unix:proxied',
    path: join(folder, 'proxied.sock'),
    proxyProtocol: { trustedSources: [] },
    accept: (transport) => {
      transports.push(transport);
      return events;
    },
  });
  const socket = connect(listener.host);
  socket.write(Buffer.concat([V2, Buffer.from('hello')]));
  await expect.poll(() => events.bytes.toString(), POLL).toBe('hello');
  expect([transports[0]?.remoteAddress, transports[0]?.remotePort]).toEqual(['192.0.2.7', 4711]);
  socket.destroy();
  await expect.poll(() => listener.connectionCount, POLL).toBe(0);
  await listener.close();
});
