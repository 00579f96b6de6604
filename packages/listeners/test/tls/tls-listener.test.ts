import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, TLSSocket } from 'node:tls';
import type { Transport } from '@nanomq-ts/core';
import { RecordedEvents, RecordedLog } from '@nanomq-ts/testkit';
import { afterAll, afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Listener } from '../../src/listener.ts';
import { SLOT_MS } from '../../src/tls/handshake-slots.ts';
import { listenTls, type TlsListenerOptions } from '../../src/tls/tls-listener.ts';
import type { TlsOptions } from '../../src/tls/tls-options.ts';
import { DevCerts } from '../dev-certs.ts';
import { tcpClient, tlsClient, turn } from '../listener-harness.ts';

const POLL = { interval: 2, timeout: 10_000 };
const certs = DevCerts.make();
const server = { certFile: certs.path('server.pem'), keyFile: certs.path('server.key') };
const verifying = { ...server, caFile: certs.path('ca.pem'), crlFile: certs.path('crl.pem'), verifyPeer: true };
const strict = { ...verifying, failIfNoPeerCert: true };

/** A client's certificate and key by name, and nothing of the server believed. */
const as = (name: string): ConnectionOptions => ({
  rejectUnauthorized: false,
  ...(name !== '' && { cert: certs.read(`${name}.pem`), key: certs.read(`${name}.key`) }),
});

afterAll(() => certs.remove());

describe('listenTls', () => {
  let listener: Listener;
  let log: RecordedLog;
  let events: RecordedEvents;
  const transports: Transport[] = [];
  const sockets: Socket[] = [];

  async function listen(tls: TlsOptions, options: Partial<TlsListenerOptions> = {}): Promise<void> {
    const accept = (transport: Transport) => {
      transports.push(transport);
      return events;
    };
    const given = { name: 'ssl:default', host: '127.0.0.1', port: 0, logger: log, accept, tls, ...options };
    listener = await listenTls(given);
  }

  async function secure(options: ConnectionOptions): Promise<TLSSocket> {
    const [socket] = await tlsClient(listener, options);
    sockets.push(socket.on('error', () => {}));
    return socket;
  }

  async function plain(): Promise<Socket> {
    const socket = await tcpClient(listener);
    sockets.push(socket);
    return socket.on('end', () => socket.end()).resume();
  }

  beforeEach(() => {
    log = new RecordedLog();
    events = new RecordedEvents();
  });

  afterEach(async () => {
    vi.useRealTimers();
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const transport of transports.splice(0)) transport.destroy();
    await listener.close();
    while (listener.connectionCount > 0) await turn();
  });

  it('says what it is', async () => {
    await listen(server);
    expect([listener.name, listener.kind, listener.host]).toEqual(['ssl:default', 'tls', '127.0.0.1']);
    expect(listener.port).toBeGreaterThan(0);
  });

  it.each<[string, Partial<TlsOptions>, ConnectionOptions]>([
    ['TLS 1.2', {}, { maxVersion: 'TLSv1.2' }],
    ['TLS 1.3', {}, { minVersion: 'TLSv1.3' }],
    ['TLS 1.3 alone', { minVersion: 'TLSv1.3' }, {}],
    ['an encrypted key', { keyFile: certs.path('server-encrypted.key'), keyPassword: 'dev-password' }, {}],
  ])('carries bytes both ways: %s', async (_, tls, client) => {
    await listen({ ...server, ...tls });
    const socket = await secure({ ca: certs.read('ca.pem'), ...client });
    expect(socket.authorized).toBe(true);
    socket.write('hello');
    await expect.poll(() => events.bytes.toString(), POLL).toBe('hello');
    transports[0]?.write(Buffer.from('world'));
    expect(String((await once(socket, 'data'))[0])).toBe('world');
  });

  it.each<[string, TlsOptions, string]>([
    ['nobody is verified', server, 'client'],
    ['nobody is verified and none is shown', server, ''],
    ['it may be missing, and is', verifying, ''],
  ])('lets a client in without a certificate of its own: %s', async (_, tls, name) => {
    await listen(tls);
    await secure(as(name));
    await expect.poll(() => transports.length, POLL).toBe(1);
    expect(transports[0]?.peerCertificate).toBeNull();
  });

  it.each([
    ['may be missing', verifying],
    ['is needed', strict],
  ])('tells what the certificate of a client says, which %s', async (_, tls) => {
    await listen(tls);
    await secure(as('client'));
    await expect.poll(() => transports.length, POLL).toBe(1);
    expect(transports[0]?.peerCertificate).toEqual({
      subject: 'O=nanomq-ts development,CN=dev-client',
      commonName: 'dev-client',
      fingerprint256: expect.stringMatching(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/),
      validToMs: expect.any(Number),
    });
    expect(transports[0]?.peerCertificate?.validToMs).toBeGreaterThan(Date.now());
  });

  it('lets a client in whose certificate has no subject, and tells that', async () => {
    certs.makeNameless();
    await listen(strict);
    await secure(as('nameless'));
    await expect.poll(() => transports.length, POLL).toBe(1);
    expect(transports[0]?.peerCertificate).toMatchObject({ subject: '', commonName: null });
  });

  it('goes on when the handshake of one client fails by its own fault, and says so', async () => {
    await listen(strict);
    const fault = vi.spyOn(TLSSocket.prototype, 'getPeerCertificate').mockImplementationOnce(() => {
      throw new TypeError('a fault');
    });
    onTestFinished(() => fault.mockRestore());
    const socket = connectTls({ port: listener.port, host: '127.0.0.1', ...as('client') }).on('error', () => {});
    sockets.push(socket);
    await closed(socket);
    expect(log.texts('error')).toEqual(['handshake failed by a fault of the broker']);
    expect([listener.refusals.fault, transports.length, listener.connectionCount]).toEqual([1, 0, 0]);
    await secure(as('client'));
    await expect.poll(() => transports.length, POLL).toBe(1);
  });

  const REFUSED: readonly [string, TlsOptions, string, string, string][] = [
    ['of another CA', verifying, 'stranger', 'wrongCa', 'signed by an unknown CA'],
    ['that has expired', verifying, 'expired', 'certificateExpired', 'has expired'],
    ['that is revoked', verifying, 'revoked', 'certificateRevoked', 'is revoked'],
    ['of a server', verifying, 'server', 'certificateInvalid', 'is not valid'],
    ['that is missing', strict, '', 'noCertificate', 'showed no certificate'],
  ];
  describe.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', (version) => {
    it.each(REFUSED)('refuses a certificate %s, and logs why', async (_, tls, name, reason, text) => {
      await listen({ ...tls, minVersion: version, maxVersion: version });
      const socket = connectTls({ port: listener.port, host: '127.0.0.1', ...as(name) }).on('error', () => {});
      sockets.push(socket);
      socket.write('CONNECT');
      await closed(socket);
      await expect.poll(() => log.lines.length, POLL).toBe(1);
      expect(log.lines[0]).toMatchObject({
        level: 'warn',
        listener: 'ssl:default',
        remoteAddress: '127.0.0.1',
        reason,
      });
      expect(log.lines[0]?.text).toContain(text);
      expect(listener.refusals).toMatchObject({ [reason]: 1 });
      expect([transports.length, listener.connectionCount]).toEqual([0, 0]);
    });
  });

  it.each<[string, Partial<TlsOptions>, Buffer | ConnectionOptions, string]>([
    ['MQTT without TLS', {}, Buffer.from('100c00044d5154540400003c0000', 'hex'), 'tlsProtocol'],
    ['HTTP without TLS', {}, Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'tlsProtocol'],
    ['TLS 1.2 where 1.3 is wanted', { minVersion: 'TLSv1.3' }, { maxVersion: 'TLSv1.2' }, 'tlsProtocol'],
    ['no common cipher', {}, { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA' }, 'tlsProtocol'],
  ])('refuses %s, and logs why', async (_, tls, client, reason) => {
    await listen({ ...server, ...tls });
    const to = { port: listener.port, host: '127.0.0.1' };
    const socket = Buffer.isBuffer(client) ? await plain() : connectTls({ ...to, ...client });
    sockets.push(socket.on('error', () => {}));
    if (Buffer.isBuffer(client)) socket.write(client);
    await closed(socket);
    await expect.poll(() => log.lines, POLL).toMatchObject([{ reason, code: expect.stringMatching(/^ERR_SSL_/) }]);
    expect(transports).toHaveLength(0);
  });

  it('does not log who connects and goes without a word, and counts it', async () => {
    await listen(server);
    (await plain()).end();
    await expect.poll(() => listener.refusals.closed, POLL).toBe(1);
    expect(log.lines).toHaveLength(0);
  });

  it('gives a client no session to resume where clients are verified: a revoked one would come back with it', async () => {
    await listen({ ...strict, maxVersion: 'TLSv1.2' });
    const first = await secure(as('client'));
    const session = first.getSession();
    const second = await secure({ ...as('client'), ...(session !== undefined && { session }) });
    expect([first.isSessionReused(), second.isSessionReused()]).toEqual([false, false]);
    expect(first.getTLSTicket()).toBeUndefined();
  });

  it('closes a connection whose records are tampered with, which had passed the handshake', async () => {
    await listen(server);
    const [socket, bottom] = await tlsClient(listener, as(''));
    sockets.push(
      socket.on('error', () => {}),
      bottom,
    );
    await expect.poll(() => transports.length, POLL).toBe(1);
    bottom.write(Buffer.from('1703030020'.padEnd(74, 'a'), 'hex'));
    await expect.poll(() => events.closedCount, POLL).toBe(1);
    expect(events.bytes).toHaveLength(0);
  });

  it('closes what is in a handshake when it is closed, and keeps what has passed', async () => {
    await listen(server);
    await secure(as(''));
    const silent = await plain();
    await expect.poll(() => listener.connectionCount, POLL).toBe(2);
    await listener.close();
    await closed(silent);
    await expect.poll(() => listener.connectionCount, POLL).toBe(1);
    expect(events.closedCount).toBe(0);
  });

  it('asks for admission before a handshake costs anything', async () => {
    const asked: unknown[] = [];
    await listen(server, {
      admit: (...client) => {
        asked.push(client);
        return false;
      },
    });
    const socket = await plain();
    const port = socket.localPort;
    await closed(socket);
    expect(asked).toEqual([['127.0.0.1', port]]);
    await expect.poll(() => log.lines, POLL).toMatchObject([{ reason: 'denied', remotePort: port }]);
  });

  describe('time', () => {
    it.each([
      ['never speaks', Buffer.alloc(0)],
      ['stops within the ClientHello', Buffer.from('160301020001', 'hex')],
    ])('closes a client that %s when the handshake took too long', async (_, bytes) => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      await listen(server, { handshakeTimeoutMs: 3000 });
      const socket = await plain();
      if (bytes.length > 0) socket.write(bytes);
      for (let turns = 0; turns < 20; turns++) await turn();
      vi.advanceTimersByTime(2999);
      for (let turns = 0; turns < 20; turns++) await turn();
      expect(listener.connectionCount).toBe(1);
      vi.advanceTimersByTime(1);
      await closed(socket);
      for (let turns = 0; listener.refusals.timeout === 0 && turns < 100; turns++) await turn();
      expect(listener.refusals).toMatchObject({ timeout: 1, closed: 0 });
      expect(log.lines).toMatchObject([{ reason: 'timeout' }]);
    });

    it('leaves no timer behind that could close who has passed', async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      await listen(server, { handshakeTimeoutMs: 3000 });
      const socket = await secure(as(''));
      while (transports.length === 0) await turn();
      vi.advanceTimersByTime(100_000);
      socket.write('still here');
      while (events.bytes.length === 0) await turn();
      expect(events.closedCount).toBe(0);
    });

    it('lets handshakes wait for a slot, which a silent client holds but for a moment', async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      await listen(server, { maxHandshakes: 2 });
      const hello = await clientHello();
      for (let i = 0; i < 2; i++) (await plain()).write(hello);
      while ((listener.tls?.waitingHandshakes ?? 0) > 0 || listener.connectionCount < 2) await turn();
      for (let turns = 0; turns < 50; turns++) await turn();
      const honest = secure(as(''));
      while (listener.tls?.waitingHandshakes !== 1) await turn();
      expect(transports).toHaveLength(0);
      vi.advanceTimersByTime(SLOT_MS);
      await honest;
      while (transports.length === 0) await turn();
      expect(listener.tls?.waitingHandshakes).toBe(0);
    });
  });
});

/** Its errors are what the listener meant. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.on('error', () => {}).once('close', () => resolve()));
}

/** What a TLS client says first. */
async function clientHello(): Promise<Buffer> {
  const { createServer } = await import('node:net');
  const ear = createServer().listen(0, '127.0.0.1');
  await once(ear, 'listening');
  const address = ear.address();
  const heard = once(ear, 'connection').then(async ([socket]) => (await once(socket as Socket, 'data'))[0] as Buffer);
  const bottom = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1');
  const client = connectTls({ socket: bottom }).on('error', () => {});
  const bytes = await heard;
  client.destroy();
  bottom.destroy();
  ear.close();
  return bytes;
}
