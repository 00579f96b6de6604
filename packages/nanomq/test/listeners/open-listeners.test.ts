import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { loadConfig, type NanomqConfig } from '@nanomq-ts/config';
import type { Transport } from '@nanomq-ts/core';
import { RecordedEvents } from '@nanomq-ts/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { OpenListeners } from '../../src/listeners/open-listeners.ts';
import { temporaryFolder } from '../cli/fake-surroundings.ts';
import { EdgeCerts } from '../e2e/edge-broker.ts';
import { RecordingLogger } from '../embedded/recording-logger.ts';

const POLL = { interval: 2, timeout: 10_000 };

let certs: EdgeCerts;
let logger: RecordingLogger;
/** Names of the listeners that clients came in by. */
const came: string[] = [];
const addresses: string[] = [];
const banned = new Set<string>();
const opened: OpenListeners[] = [];
const sockets: (Socket | Server)[] = [];

beforeAll(() => {
  certs = EdgeCerts.make();
});
afterAll(() => certs.remove());
afterEach(async () => {
  for (const listeners of opened.splice(0)) await listeners.close();
  for (const socket of sockets.splice(0)) 'destroy' in socket ? socket.destroy() : socket.close();
  came.length = 0;
  addresses.length = 0;
  banned.clear();
});

const configOf = (text: string): NanomqConfig['listeners'] =>
  loadConfig({ env: {}, flags: {}, cwd: '/', text: `listeners {\n${text}\n}` }).config.listeners;

const ssl = (bind = '127.0.0.1:0', name = 'server') => `ssl { bind = "${bind}", ${tlsKeys(name)} }`;
const tlsKeys = (name: string) => `certfile = "${name}.pem", keyfile = "${name}.key"`;

function make(): OpenListeners {
  logger = new RecordingLogger();
  const accept = ({ listener, remoteAddress }: Transport) => {
    came.push(listener);
    addresses.push(remoteAddress);
    return new RecordedEvents();
  };
  const admit = (address: string) => !banned.has(address);
  const cwd = certs.folder;
  const nowMs = () => Date.now();
  const listeners = new OpenListeners({ accept, admit, maxPacketBytes: () => 1024, logger, nowMs, cwd });
  opened.push(listeners);
  return listeners;
}

async function open(text: string): Promise<OpenListeners> {
  const listeners = make();
  await listeners.open(configOf(text));
  return listeners;
}

async function connectTo(where: number | string): Promise<Socket> {
  const socket = typeof where === 'number' ? connect(where, '127.0.0.1') : connect(where);
  sockets.push(socket.on('error', () => {}));
  await once(socket, 'connect');
  return socket;
}

/** Common name of the certificate that a listener shows. */
async function shownName(port: number): Promise<string> {
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
  sockets.push(socket.on('error', () => {}));
  await once(socket, 'secureConnect');
  return String(socket.getPeerCertificate().subject.CN);
}

const portOf = (listeners: OpenListeners, name: string) => listeners.portOf(name) ?? 0;

describe('open', () => {
  it('opens every kind, named ones too, and says where', async () => {
    const path = join(temporaryFolder(), 'm.sock');
    const text = `tcp { bind = "127.0.0.1:0", inner.bind = "127.0.0.1:0", off { bind = 1, enable = false } }
      ${ssl()}, ws.bind = "127.0.0.1:0/mqtt", wss.bind = "127.0.0.1:0/mqtt", unix.path = "${path}"`;
    const listeners = await open(text);
    const found = listeners.addresses.map(({ name, kind, host, port }) => [name, kind, host, port > 0]);
    expect(found).toEqual([
      ['tcp:default', 'tcp', '127.0.0.1', true],
      ['tcp:inner', 'tcp', '127.0.0.1', true],
      ['ssl:default', 'tls', '127.0.0.1', true],
      ['ws:default', 'ws', '127.0.0.1', true],
      ['wss:default', 'wss', '127.0.0.1', true],
      ['unix:default', 'unix', path, false],
    ]);
    await connectTo(portOf(listeners, 'tcp:inner'));
    await connectTo(path);
    await shownName(portOf(listeners, 'ssl:default'));
    await expect.poll(() => came.toSorted(), POLL).toEqual(['ssl:default', 'tcp:inner', 'unix:default']);
    expect([listeners.portOf('unix:default'), listeners.portOf('tcp:none')]).toEqual([undefined, undefined]);
  });

  it.each([
    ['no file', 'ssl { bind = 0, certfile = none, keyfile = none }', 'TLS_FILE_UNREADABLE', 'ssl:default'],
    [
      'a key of another',
      'ssl { bind = 0, certfile = server.pem, keyfile = client.key }',
      'TLS_KEY_MISMATCH',
      'ssl:default',
    ],
  ])('rejects with the listener and the reason: %s', async (_, text, code, id) => {
    await expect(open(`tcp.bind = "127.0.0.1:0", ${text}`)).rejects.toMatchObject({ code, spec: { id } });
  });

  it('hears of the address that a trusted proxy tells', async () => {
    const proxied = 'bind = "127.0.0.1:0", proxy_protocol = true';
    const listeners = await open(`tcp { trusted { ${proxied}, proxy_protocol_sources = ["127.0.0.0/8"] }
      other { ${proxied}, proxy_protocol_sources = ["10.0.0.0/8"] } }`);
    for (const name of ['tcp:trusted', 'tcp:other']) {
      (await connectTo(portOf(listeners, name))).write('PROXY TCP4 192.0.2.7 192.0.2.1 5000 1883\r\n.');
    }
    await expect.poll(() => addresses, POLL).toEqual(['192.0.2.7']);
    await expect.poll(() => listeners.all[1]?.refusals.proxyUntrusted, POLL).toBe(1);
  });

  it('serves WebSocket under its path, to pages of its origins', async () => {
    const listeners = await open('ws { bind = "127.0.0.1:0/here", origins = ["https://a.example"] }');
    const upgrade = async (path: string, origin: string) => {
      const socket = await connectTo(portOf(listeners, 'ws:default'));
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: ${origin}\r\n` +
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n',
      );
      return String((await once(socket, 'data'))[0]).split(' ')[1];
    };
    expect(await upgrade('/here', 'https://a.example')).toBe('101');
    expect(await upgrade('/mqtt', 'https://a.example')).toBe('404');
    expect(await upgrade('/here', 'https://b.example')).toBe('403');
  });

  it('asks for certificates of clients, with a key that has a password', async () => {
    const listeners = await open(`ssl { bind = "127.0.0.1:0", certfile = server.pem, keyfile = server-encrypted.key
      key_password = dev-password, cacertfile = ca.pem, crlfile = crl.pem, verify_peer = true, fail_if_no_peer_cert = true }`);
    const shown = async (name: string) => {
      const files = { cert: certs.read(`${name}.pem`), key: certs.read(`${name}.key`) };
      const port = portOf(listeners, 'ssl:default');
      sockets.push(connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ...files }).on('error', () => {}));
    };
    await shown('client');
    await expect.poll(() => came, POLL).toEqual(['ssl:default']);
    await shown('revoked');
    await expect.poll(() => listeners.all[0]?.refusals.certificateRevoked, POLL).toBe(1);
  });

  it('turns away before the handshake who may not come in', async () => {
    const listeners = await open(ssl());
    banned.add('127.0.0.1');
    const socket = await connectTo(portOf(listeners, 'ssl:default'));
    await once(socket, 'close');
    expect(listeners.all[0]?.refusals.denied).toBe(1);
    expect(came).toEqual([]);
  });
});

describe('a change', () => {
  it('opens, moves and closes; connections stay', async () => {
    const listeners = await open('tcp { bind = "127.0.0.1:0", gone.bind = "127.0.0.1:0" }');
    const gone = portOf(listeners, 'tcp:gone');
    const staying = await connectTo(gone);
    await expect.poll(() => came, POLL).toEqual(['tcp:gone']);
    const change = await listeners.prepare(configOf('tcp.bind = "127.0.0.1:0", ws.bind = "127.0.0.1:0/mqtt"'));
    expect(listeners.addresses.map(({ name }) => name)).toEqual(['tcp:default', 'tcp:gone']);
    change.commit();
    expect(change.held).toEqual([]);
    expect(listeners.addresses.map(({ name }) => name)).toEqual(['tcp:default', 'ws:default']);
    await expect(connectTo(gone)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(staying.destroyed).toBe(false);
    expect(logger.lines).toContain('info listener tcp:gone is closed; its connections stay');
    expect(logger.lines).toContainEqual(
      expect.stringMatching(/^info listener ws:default accepts MQTT over WebSocket on/),
    );
  });

  it('lets nobody in by a new listener before it holds', async () => {
    const path = join(temporaryFolder(), 'm.sock');
    const listeners = await open('tcp.bind = "127.0.0.1:0"');
    const change = await listeners.prepare(configOf(`tcp.bind = "127.0.0.1:0", unix.path = "${path}"`));
    await once(await connectTo(path), 'close');
    expect(came).toEqual([]);
    change.commit();
    await connectTo(path);
    await expect.poll(() => came, POLL).toEqual(['unix:default']);
  });

  it('that is discarded leaves nothing behind', async () => {
    const path = join(temporaryFolder(), 'm.sock');
    const listeners = await open(`${ssl()}, tcp.bind = "127.0.0.1:0"`);
    const after = configOf(`${ssl('127.0.0.1:0', 'client')}, unix.path = "${path}"`);
    const change = await listeners.prepare(after);
    expect(existsSync(path)).toBe(true);
    await change.discard();
    await expect.poll(() => existsSync(path), POLL).toBe(false);
    expect(await shownName(portOf(listeners, 'ssl:default'))).toBe('localhost');
    expect(listeners.addresses.map(({ name }) => name)).toEqual(['tcp:default', 'ssl:default']);
  });

  it('takes other certificates, those a listener inherits too', async () => {
    const text = (name: string) => `${ssl('127.0.0.1:0', name)}, wss.bind = "127.0.0.1:0/mqtt"`;
    const listeners = await open(text('server'));
    const change = await listeners.prepare(configOf(text('client')));
    expect(await shownName(portOf(listeners, 'ssl:default'))).toBe('localhost');
    change.commit();
    expect(await shownName(portOf(listeners, 'ssl:default'))).toBe('dev-client');
    expect(await shownName(portOf(listeners, 'wss:default'))).toBe('dev-client');
    // And knows what it has: the same again is no change.
    const again = await listeners.prepare(configOf(text('client')));
    again.commit();
    expect(listeners.all[0]?.tls?.certificate.reloads).toBe(1);
  });

  it.each([
    ['a certificate that is not good', () => ssl('127.0.0.1:0', 'expired'), 'TLS_CERTIFICATE_EXPIRED'],
    ['a port that is taken', (taken: number) => `${ssl()}, tcp.x.bind = "127.0.0.1:${taken}"`, 'EADDRINUSE'],
  ])('is refused as a whole for %s', async (_, after, code) => {
    const taken = createServer().listen(0, '127.0.0.1');
    sockets.push(taken);
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const listeners = await open(ssl());
    const path = join(temporaryFolder(), 'm.sock');
    const text = `${after(port)}, tcp.new.bind = "127.0.0.1:0", unix.path = "${path}"`;
    await expect(listeners.prepare(configOf(text))).rejects.toMatchObject({ name: 'ListenError', code });
    expect(listeners.addresses.map(({ name }) => name)).toEqual(['ssl:default']);
    expect(await shownName(portOf(listeners, 'ssl:default'))).toBe('localhost');
    await expect.poll(() => existsSync(path), POLL).toBe(false);
  });

  it('takes other settings where it is, and says what waits', async () => {
    const listeners = await open('tcp.bind = "127.0.0.1:0", ws { bind = "127.0.0.1:0/mqtt", handshake_timeout = 3s }');
    const text = `tcp { bind = "127.0.0.1:0", proxy_protocol = true, proxy_protocol_sources = ["127.0.0.1"] }
      ws { bind = "127.0.0.1:0/mqtt", handshake_timeout = 1ms }`;
    const change = await listeners.prepare(configOf(text));
    change.commit();
    expect(change.held).toEqual(['tcp:default']);
    await connectTo(portOf(listeners, 'ws:default'));
    await expect.poll(() => listeners.all[1]?.refusals.timeout, POLL).toBe(1);
    // And knows what it has: the same again is no change but what waits.
    const again = await listeners.prepare(configOf(text));
    expect(again.held).toEqual(['tcp:default']);
    await again.discard();
  });

  it('of a broker that never listened opens nothing', async () => {
    const listeners = make();
    (await listeners.prepare(configOf('tcp.bind = "127.0.0.1:0"'))).commit();
    expect(listeners.addresses).toEqual([]);
  });
});

describe('listeners that threads share', () => {
  it('opens those that are named, and changes nothing but certificates', async () => {
    const listeners = make();
    await listeners.open(configOf(`${ssl()}, tcp.bind = "127.0.0.1:0"`), { 'ssl:default': {} });
    expect(listeners.addresses.map(({ name }) => name)).toEqual(['ssl:default']);
    const after = `${ssl('127.0.0.1:0', 'client')}, tcp.bind = "127.0.0.1:0", ws.bind = "127.0.0.1:0/mqtt"`;
    const change = await listeners.prepare(configOf(after));
    change.commit();
    expect(change.held).toEqual(['ws:default']);
    expect(await shownName(portOf(listeners, 'ssl:default'))).toBe('dev-client');
  });
});

describe('close', () => {
  it('lets nobody in any more', async () => {
    const listeners = await open('tcp.bind = "127.0.0.1:0"');
    const port = portOf(listeners, 'tcp:default');
    await listeners.close();
    await expect(connectTo(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('while listeners are being opened: the rest is not', async () => {
    const listeners = make();
    const opening = listeners.open(configOf('tcp { bind = "127.0.0.1:0", x.bind = "127.0.0.1:0" }'));
    await listeners.close();
    await expect(opening).rejects.toThrow('the broker is closed');
    expect(listeners.addresses).toEqual([]);
  });
});
