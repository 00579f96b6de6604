import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createSecureServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { HttpQuestion } from '../../src/http/http-question.ts';
import { HttpSender, type HttpSenderOptions } from '../../src/http/http-sender.ts';
import { trustedAuthorities } from '../../src/http/trusted-authorities.ts';
import { until } from '../until.ts';
import { AuthServer, status } from './auth-server.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function sender(options: Partial<HttpSenderOptions> = {}): HttpSender {
  const made = new HttpSender({ timeoutMs: 5000, connectTimeoutMs: 5000, poolSize: 4, ...options });
  cleanUps.push(() => made.close());
  return made;
}

async function server(...given: Parameters<typeof AuthServer.start>): Promise<AuthServer> {
  const started = await AuthServer.start(...given);
  cleanUps.push(() => started.close());
  return started;
}

function question(url: string, body = 'a=b'): HttpQuestion {
  return { url: new URL(url), method: 'POST', headers: {}, body };
}

describe('a sender', () => {
  it.each([200, 201, 204, 301, 401, 403, 404, 500, 503])('tells the status %i', async (code) => {
    const { url } = await server(status(code));
    expect(await sender().send(question(url))).toBe(code);
  });

  it('follows no redirect', async () => {
    const other = await server();
    const { url } = await server((_, response) => response.writeHead(302, { location: other.url }).end());
    expect(await sender().send(question(url))).toBe(302);
    expect(other.asked).toEqual([]);
  });

  it('keeps its connections, as many as the pool has', async () => {
    const at = await server((_, response) => setImmediate(() => response.end()));
    const one = sender({ poolSize: 3 });
    for (let round = 0; round < 3; round++) {
      await Promise.all(Array.from({ length: 10 }, () => one.send(question(at.url))));
    }
    expect(at.connections).toBe(3);
    expect(at.asked).toHaveLength(30);
  });

  it('waits no longer than its time, also for a connection of the pool', async () => {
    const at = await server(() => {});
    const one = sender({ timeoutMs: 50, poolSize: 1 });
    const sent = [1, 2].map(() => one.send(question(at.url)));
    for (const each of sent) await expect(each).rejects.toThrow('no answer in time');
  });

  it('that may take as long as it takes ends when it is closed', async () => {
    const at = await server(() => {});
    const one = sender({ timeoutMs: 0, poolSize: 1 });
    const sent = [1, 2].map(() => one.send(question(at.url)));
    await until(() => at.asked.length === 1);
    one.close();
    for (const each of sent) await expect(each).rejects.toThrow('closed');
    await until(() => at.openConnections === 0);
  });

  it('fails when nobody listens', async () => {
    const at = await AuthServer.start();
    const { url } = at;
    await at.close();
    await expect(sender().send(question(url))).rejects.toThrow('ECONNREFUSED');
  });

  it('tries once more when the server had closed a kept connection', async () => {
    const at = await server();
    const one = sender({ poolSize: 1 });
    await one.send(question(at.url));
    let resets = 1;
    at.answer = (_, response) => (resets-- > 0 ? response.socket?.resetAndDestroy() : response.end());
    expect(await one.send(question(at.url))).toBe(200);
    expect(at.asked).toHaveLength(3);
  });

  it('does not try a second time, nor a first time on a new connection', async () => {
    const at = await server((_, response) => response.socket?.resetAndDestroy());
    await expect(sender().send(question(at.url))).rejects.toThrow();
    expect(at.asked).toHaveLength(1);
  });

  it('the second try has what is left of the time', async () => {
    const at = await server();
    const one = sender({ poolSize: 1, timeoutMs: 1000 });
    await one.send(question(at.url));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    cleanUps.push(() => vi.useRealTimers());
    let reset = () => {};
    at.answer = (_, response) => {
      reset = () => void response.socket?.resetAndDestroy();
    };
    const outcome = one.send(question(at.url)).catch((error: Error) => error.message);
    await until(() => at.asked.length === 2);
    vi.advanceTimersByTime(800);
    reset();
    await until(() => at.asked.length === 3);
    vi.advanceTimersByTime(200);
    expect(await outcome).toBe('no answer in time');
  });

  it('reads past a short body and gives up the connection of a long one', async () => {
    const at = await server((_, response) => response.end('x'.repeat(1000)));
    const one = sender({ poolSize: 1 });
    for (let i = 0; i < 3; i++) await one.send(question(at.url));
    expect(at.connections).toBe(1);
    at.answer = (_, response) => response.end('x'.repeat(1_000_000));
    for (let i = 0; i < 3; i++) expect(await one.send(question(at.url))).toBe(200);
    expect(at.connections).toBe(3);
  });
});

describe('a sender over TLS', () => {
  let folder = '';
  const pem = (name: string) => readFileSync(join(folder, name), 'utf8');
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nanomq-certs-'));
    const script = new URL('../../../../etc/certs/make-dev-certs.sh', import.meta.url).pathname;
    execFileSync(script, [folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function secureServer(): Promise<string> {
    const tls = createSecureServer({ key: pem('server.key'), cert: pem('server.pem') });
    const { port } = await server(undefined, tls as unknown as Parameters<typeof AuthServer.start>[1]);
    return `https://127.0.0.1:${port}/auth`;
  }

  it('trusts a server by the authorities it is given', async () => {
    const url = await secureServer();
    const certificateAuthorities = trustedAuthorities(pem('ca.pem'));
    expect(await sender({ certificateAuthorities }).send(question(url))).toBe(200);
  });

  it('sends nothing to a server that it does not trust', async () => {
    const url = await secureServer();
    await expect(sender().send(question(url))).rejects.toThrow(/certificate/);
  });

  it.each(['', 'garbage', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'])(
    'Mosquitto 2.0.8 note: authorities %j are refused and do not mean those of Node',
    (text) => {
      expect(() => trustedAuthorities(text)).toThrow(/certificate of an authority/);
    },
  );

  it('takes several authorities with comments between', () => {
    const both = `# ours\n${pem('ca.pem')}\n# once more\n${pem('ca.pem')}`;
    expect(trustedAuthorities(both).match(/BEGIN/g)).toHaveLength(2);
  });
});
