import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import type { TLSSocket } from 'node:tls';
import { RecordedEvents, RecordedLog } from '@nanomq-ts/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Listener } from '../../src/listener.ts';
import { listenTls, type TlsListenerOptions } from '../../src/tls/tls-listener.ts';
import type { TlsControl } from '../../src/tls/tls-stage.ts';
import { DevCerts } from '../dev-certs.ts';
import { tlsClient, turn } from '../listener-harness.ts';

const POLL = { interval: 5, timeout: 10_000 };
const DAY_MS = 86_400_000;

describe('certificates of an open listener', () => {
  let certs: DevCerts;
  let listener: Listener;
  let tls: TlsControl;
  let log: RecordedLog;
  let nowMs: number;
  const sockets: TLSSocket[] = [];

  async function listen(options: Partial<TlsListenerOptions> = {}): Promise<void> {
    listener = await listenTls({
      name: 'ssl:default',
      host: '127.0.0.1',
      port: 0,
      logger: log,
      accept: () => new RecordedEvents(),
      nowMs: () => nowMs,
      settleMs: 20,
      tls: { certFile: certs.path('server.pem'), keyFile: certs.path('server.key') },
      ...options,
    });
    tls = listener.tls as TlsControl;
  }

  /** Connects, and tells the name in the certificate that the listener shows. */
  async function shownName(): Promise<string | undefined> {
    const [socket] = await tlsClient(listener, { rejectUnauthorized: false });
    sockets.push(socket.on('error', () => {}));
    return String(socket.getPeerCertificate().subject.CN);
  }

  beforeEach(() => {
    certs = DevCerts.make();
    log = new RecordedLog();
    nowMs = Date.now();
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    for (const socket of sockets.splice(0)) socket.destroy();
    await listener.close();
    while (listener.connectionCount > 0) await turn();
    certs.remove();
  });

  it('tells the days until the certificate expires', async () => {
    await listen();
    const { validToMs } = tls.certificate;
    nowMs = validToMs - 10 * DAY_MS;
    expect(tls.certificate.daysToExpiry).toBe(10);
    nowMs = validToMs - 1;
    expect(tls.certificate.daysToExpiry).toBe(0);
    nowMs = validToMs + 1;
    expect(tls.certificate.daysToExpiry).toBe(-1);
  });

  it('uses new files for new handshakes when they change, and leaves connections alone', async () => {
    await listen({ pollIntervalMs: 3_600_000 });
    expect(await shownName()).toBe('localhost');
    certs.replace('server', 'client');
    await expect.poll(() => tls.certificate, POLL).toMatchObject({ reloads: 1, failedReloads: 0 });
    expect(await shownName()).toBe('dev-client');
    expect(sockets.map((socket) => socket.destroyed)).toEqual([false, false]);
    expect(log.texts('info')).toEqual(['TLS certificate reloaded']);
  });

  it('sees a folder that is replaced through a symbolic link, as Kubernetes does', async () => {
    for (const [folder, name] of [
      ['first', 'server'],
      ['second', 'client'],
    ]) {
      mkdirSync(certs.path(`${folder}`));
      for (const kind of ['pem', 'key']) cpSync(certs.path(`${name}.${kind}`), certs.path(`${folder}/tls.${kind}`));
    }
    mkdirSync(certs.path('mounted'));
    symlinkSync('../first', certs.path('mounted/..data'));
    for (const kind of ['pem', 'key']) symlinkSync(`..data/tls.${kind}`, certs.path(`mounted/tls.${kind}`));
    const files = { certFile: certs.path('mounted/tls.pem'), keyFile: certs.path('mounted/tls.key') };
    await listen({ tls: files, pollIntervalMs: 3_600_000 });
    symlinkSync('../second', certs.path('mounted/..next'));
    renameSync(certs.path('mounted/..next'), certs.path('mounted/..data'));
    await expect.poll(() => tls.certificate.reloads, POLL).toBe(1);
    expect(await shownName()).toBe('dev-client');
  });

  it('finds a change by looking where the system tells none', async () => {
    // The folder is not there when it is to be watched, and so no event ever comes from it.
    const away = certs.path('away');
    mkdirSync(away);
    for (const kind of ['pem', 'key']) cpSync(certs.path(`server.${kind}`), `${away}/tls.${kind}`);
    await listen({ tls: { certFile: `${away}/tls.pem`, keyFile: `${away}/tls.key` }, pollIntervalMs: 30 });
    rmSync(away, { recursive: true });
    await expect.poll(() => tls.certificate.failedReloads, POLL).toBeGreaterThan(0);
    mkdirSync(away);
    for (const kind of ['pem', 'key']) cpSync(certs.path(`client.${kind}`), `${away}/tls.${kind}`);
    await expect.poll(() => tls.certificate.reloads, POLL).toBeGreaterThan(0);
    await expect.poll(() => shownName(), POLL).toBe('dev-client');
  });

  it.each<[string, string, () => void]>([
    [
      'a key of another certificate',
      'TLS_KEY_MISMATCH',
      () => cpSync(certs.path('client.key'), certs.path('server.key')),
    ],
    ['an expired certificate', 'TLS_CERTIFICATE_EXPIRED', () => certs.replace('server', 'expired')],
    ['half a certificate', 'TLS_CERTIFICATE_INVALID', () => writeFileSync(certs.path('server.pem'), '-----BEGIN')],
    ['no certificate', 'TLS_FILE_UNREADABLE', () => unlinkSync(certs.path('server.pem'))],
  ])('CVE-2017-7652: keeps the old certificate when there is %s, and says so', async (_, code, change) => {
    await listen();
    change();
    await expect.poll(() => tls.certificate.failedReloads, POLL).toBeGreaterThan(0);
    expect(await shownName()).toBe('localhost');
    expect(tls.certificate.reloads).toBe(0);
    expect(log.lines).toMatchObject([{ level: 'error', code, listener: 'ssl:default' }]);
  });

  it('takes the good files that follow bad ones', async () => {
    await listen();
    cpSync(certs.path('client.key'), certs.path('server.key'));
    expect(await tls.reload()).toBe(false);
    cpSync(certs.path('client.pem'), certs.path('server.pem'));
    expect(await tls.reload()).toBe(true);
    expect(await shownName()).toBe('dev-client');
  });

  it('revokes by a new list: who came in with that certificate does not again', async () => {
    const accepted: unknown[] = [];
    const files = { certFile: certs.path('server.pem'), keyFile: certs.path('server.key') };
    const rules = { ...files, caFile: certs.path('ca.pem'), verifyPeer: true };
    await listen({
      tls: rules,
      accept: (transport) => {
        accepted.push(transport.peerCertificate?.commonName);
        return new RecordedEvents();
      },
    });
    const client = { rejectUnauthorized: false, cert: certs.read('revoked.pem'), key: certs.read('revoked.key') };
    sockets.push((await tlsClient(listener, client))[0]);
    await expect.poll(() => accepted, POLL).toEqual(['dev-revoked']);
    await tls.update({ ...rules, crlFile: certs.path('crl.pem') });
    sockets.push((await tlsClient(listener, client))[0].on('error', () => {}));
    await expect.poll(() => listener.refusals.certificateRevoked, POLL).toBe(1);
    expect(accepted).toHaveLength(1);
  });

  it('takes other files and rules, and watches those from then on', async () => {
    await listen();
    await tls.update({ certFile: certs.path('client.pem'), keyFile: certs.path('client.key') });
    expect(await shownName()).toBe('dev-client');
    certs.replace('client', 'revoked');
    await expect.poll(() => tls.certificate.reloads, POLL).toBe(2);
    expect(await shownName()).toBe('dev-revoked');
  });

  it('refuses other files that are not good, and keeps the old ones', async () => {
    await listen();
    const bad = { certFile: certs.path('client.pem'), keyFile: certs.path('server.key') };
    await expect(tls.update(bad)).rejects.toMatchObject({ code: 'TLS_KEY_MISMATCH', file: certs.path('server.key') });
    expect(tls.certificate).toMatchObject({ reloads: 0, failedReloads: 1 });
    expect(await tls.reload()).toBe(true);
    expect(await shownName()).toBe('localhost');
  });

  it('puts other files in force in two steps, and looks at them from then on', async () => {
    await listen();
    const change = await tls.prepare({ certFile: certs.path('client.pem'), keyFile: certs.path('client.key') });
    expect(await shownName()).toBe('localhost');
    change.commit();
    expect(await shownName()).toBe('dev-client');
    certs.replace('client', 'revoked');
    await expect.poll(() => tls.certificate.reloads, POLL).toBe(2);
    expect(await shownName()).toBe('dev-revoked');
  });

  it('takes what changed between the two steps', async () => {
    await listen();
    const change = await tls.prepare({ certFile: certs.path('client.pem'), keyFile: certs.path('client.key') });
    certs.replace('client', 'revoked');
    change.commit();
    await expect.poll(() => shownName(), POLL).toBe('dev-revoked');
  });

  it('forgets what is discarded, and goes on looking at its own files', async () => {
    await listen();
    const change = await tls.prepare({ certFile: certs.path('client.pem'), keyFile: certs.path('client.key') });
    change.discard();
    certs.replace('server', 'revoked');
    await expect.poll(() => tls.certificate.reloads, POLL).toBe(1);
    expect(await shownName()).toBe('dev-revoked');
  });

  it('opens with an expired certificate, and says so', async () => {
    nowMs = Date.now() + 10_000 * DAY_MS;
    await listen();
    expect(tls.certificate.daysToExpiry).toBeLessThan(0);
    expect(log.texts('error')).toEqual(['TLS certificate is out of date: clients will refuse this listener']);
  });

  it('looks at nothing any more when it is closed', async () => {
    await listen({ pollIntervalMs: 5 });
    await listener.close();
    certs.replace('server', 'client');
    for (let turns = 0; turns < 200; turns++) await turn();
    expect(tls.certificate.reloads).toBe(0);
    expect(log.lines).toHaveLength(0);
  });

  it('rejects when its files cannot be used, and frees what it took', async () => {
    await listen();
    const bad = { certFile: certs.path('server.pem'), keyFile: certs.path('client.key') };
    const options = { name: 'x', host: '127.0.0.1', port: listener.port, accept: () => null };
    await expect(listenTls({ ...options, tls: bad })).rejects.toMatchObject({ code: 'TLS_KEY_MISMATCH' });
    const good = { certFile: certs.path('server.pem'), keyFile: certs.path('server.key') };
    await expect(listenTls({ ...options, tls: good })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
