import { RecordedLog } from '@nanomq-ts/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpAuthSettings, HttpRequestSettings } from '../../src/auth-settings.ts';
import { HttpAuthority } from '../../src/http/http-authority.ts';
import { until } from '../until.ts';
import { AuthServer, status } from './auth-server.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function setUp(settings: Partial<HttpAuthSettings> = {}, request: Partial<HttpRequestSettings> = {}) {
  const server = await AuthServer.start();
  const log = new RecordedLog();
  const at = { nowMs: 0 };
  const authority = new HttpAuthority(
    { url: server.url, method: 'POST', headers: {}, params: { u: '%u', p: '%P', t: '%t' }, ...request },
    {
      timeoutMs: 5000,
      connectTimeoutMs: 5000,
      poolSize: 4,
      cacheTtlMs: 0,
      authRequest: null,
      superRequest: null,
      aclRequest: null,
      ...settings,
    },
    { logger: log, nowMs: () => at.nowMs },
  );
  cleanUps.push(
    () => server.close(),
    () => authority.close(),
  );
  return { server, log, at, authority };
}

describe('a server', () => {
  it.each([
    [200, 'yes'],
    [201, 'no'],
    [204, 'no'],
    [302, 'no'],
    [401, 'no'],
    [404, 'no'],
    [500, 'unknown'],
    [503, 'unknown'],
  ])('that answers %i says %s', async (code, answer) => {
    const { server, authority } = await setUp();
    server.answer = status(code);
    expect(await authority.ask({ u: 'u1' })).toBe(answer);
  });

  it('CVE-2026-95848: that is not there, or does not answer in time, says nothing, which is not yes', async () => {
    const { server, authority } = await setUp({ timeoutMs: 50 });
    server.answer = () => {};
    expect(await authority.ask({ u: 'u1' })).toBe('unknown');
    await server.close();
    expect(await authority.ask({ u: 'u1' })).toBe('unknown');
  });

  it('is asked each time where nothing is remembered', async () => {
    const { server, authority } = await setUp();
    for (let i = 0; i < 3; i++) expect(await authority.ask({ u: 'u1' })).toBe('yes');
    expect(server.asked).toHaveLength(3);
  });

  it('is not asked again for a while when it said yes', async () => {
    const { server, authority, at } = await setUp({ cacheTtlMs: 1000 });
    expect(await authority.ask({ u: 'u1' })).toBe('yes');
    expect(authority.ask({ u: 'u1' })).toBe('yes');
    at.nowMs = 1000;
    expect(await authority.ask({ u: 'u1' })).toBe('yes');
    expect(server.asked).toHaveLength(2);
  });

  it('is asked again when it said no, or when anything about the question is other', async () => {
    const { server, authority } = await setUp({ cacheTtlMs: 1000 });
    const values = { c: 'c1', u: 'u1', P: Buffer.from('p'), A: '1', t: 't', a: '::1' };
    await authority.ask(values);
    server.answer = status(403);
    for (const other of [{ c: 'c2' }, { u: 'u2' }, { P: Buffer.from('q') }, { A: '2' }, { t: 'u' }, { a: '::2' }]) {
      expect(await authority.ask({ ...values, ...other })).toBe('no');
      expect(await authority.ask({ ...values, ...other })).toBe('no');
    }
    expect(await authority.ask({ ...values, u: undefined })).toBe('no');
    expect(authority.ask(values)).toBe('yes');
    expect(server.asked).toHaveLength(14);
  });

  it('that fails five times in a row is left alone for ten seconds, then one may try', async () => {
    const { server, authority, at, log } = await setUp();
    server.answer = status(500);
    for (let i = 0; i < 5; i++) await authority.ask({ u: `${i}` });
    expect(authority.ask({ u: 'x' })).toBe('unknown');
    expect(log.texts('warn')).toEqual(['HTTP authentication does not answer; clients are refused']);
    at.nowMs = 10_000;
    server.answer = status(200);
    const first = authority.ask({ u: 'x' });
    expect(authority.ask({ u: 'y' })).toBe('unknown');
    expect(await first).toBe('yes');
    expect(await authority.ask({ u: 'y' })).toBe('yes');
    expect(server.asked).toHaveLength(7);
  });

  it('that hangs does not gather questions without end', async () => {
    const { server, authority } = await setUp({ timeoutMs: 0 });
    server.answer = () => {};
    const open = Array.from({ length: 2001 }, (_, i) => authority.ask({ u: `${i}` }));
    expect(open[2000]).toBe('unknown');
    authority.close();
    expect(await Promise.all(open)).toEqual(open.map(() => 'unknown'));
  });

  it('that is retired still gives the answers it owes, then its connections end', async () => {
    const { server, authority, log } = await setUp({ cacheTtlMs: 1000 });
    await authority.ask({ u: 'u0' });
    const answers: (() => void)[] = [];
    server.answer = (_, response) => answers.push(() => response.end());
    const open = authority.ask({ u: 'u1' });
    authority.retire();
    await until(() => answers.length === 1);
    for (const answer of answers) answer();
    expect(await open).toBe('yes');
    await until(() => server.openConnections === 0);
    expect(log.lines).toEqual([]);
  });

  it('CVE-2026-33216: is asked with the password and nothing of it is logged', async () => {
    const { server, authority, log } = await setUp({}, { headers: { authorization: 'canary' } });
    server.answer = (_, response) => response.socket?.resetAndDestroy();
    for (let i = 0; i < 6; i++) await authority.ask({ u: 'u1', P: Buffer.from('canary') });
    await server.close();
    await authority.ask({ u: 'u1', P: Buffer.from('canary') });
    expect(server.asked[0]?.params).toEqual({ u: 'u1', p: 'canary' });
    expect(log.lines.length).toBeGreaterThan(0);
    expect(JSON.stringify(log.lines)).not.toContain('canary');
  });
});
