import { request as httpRequest } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AdminHarness, basic, eventually } from '../support/admin-harness.ts';
import { RawHttp } from '../support/raw-http.ts';

const BODY = { req: 2, seq: 7 };

describe('Basic', () => {
  it.each(['a:b', ':x', 'x:', 'пароль', 'p w', '"quoted"', '\u0001'])(
    'the password %j works whole',
    async (password) => {
      const harness = await AdminHarness.open({ password });
      expect((await harness.call({ body: BODY, auth: `admin:${password}` })).status).toBe(200);
      expect((await harness.call({ body: BODY, auth: `admin:${password}x` })).status).toBe(401);
      expect((await harness.call({ body: BODY, auth: `admin:${password.slice(0, -1)}` })).status).toBe(401);
    },
  );

  it('the scheme is matched without regard to case', async () => {
    const harness = await AdminHarness.open();
    const headers = { authorization: basic('admin:public').replace('Basic', 'bAsIc') };
    expect((await harness.call({ body: BODY, headers, auth: null })).status).toBe(200);
  });

  it.each(['xBasic', 'BasicX', 'Basic\t'])('the scheme %j is another one: 104', async (scheme) => {
    const harness = await AdminHarness.open();
    const headers = { authorization: `${scheme} ${Buffer.from('admin:public').toString('base64')}` };
    const { status, body } = await harness.json({ body: BODY, headers, auth: null });
    expect([status, body.code]).toEqual([401, 104]);
  });
});

describe('who is asked', () => {
  it.each(['/api/v1', '/api/v4/brokers', '/metrics', '/api/openapi.json', '/api/docs', '/nothing', '/'])(
    '%s needs credentials',
    async (path) => {
      const harness = await AdminHarness.open();
      const { status, body } = await harness.json({ method: 'GET', path, auth: null });
      expect([status, body.code]).toEqual([401, 104]);
    },
  );

  it('no_auth lets everybody in', async () => {
    const harness = await AdminHarness.open({ authType: 'no_auth' });
    expect((await harness.call({ body: BODY, auth: null })).status).toBe(200);
    expect((await harness.call({ body: BODY, auth: 'x:y' })).status).toBe(200);
  });

  it('update changes the credentials from the next request on', async () => {
    const harness = await AdminHarness.open();
    harness.server.update({ ...harness.options, username: 'new', password: 'words' });
    expect((await harness.call({ body: BODY })).status).toBe(401);
    expect((await harness.call({ body: BODY, auth: 'new:words' })).status).toBe(200);
  });
});

describe('wrong tries', () => {
  const wrong = { body: BODY, auth: 'admin:guess' };

  it('are answered ever later after the fifth, up to three seconds', async () => {
    const harness = await AdminHarness.open();
    for (let i = 0; i < 13; i += 1) expect((await harness.call(wrong)).status).toBe(401);
    expect(harness.delaysMs).toEqual([100, 200, 400, 800, 1600, 3000, 3000, 3000]);
  });

  it('are forgotten after a minute without one', async () => {
    const harness = await AdminHarness.open();
    for (let i = 0; i < 6; i += 1) await harness.call(wrong);
    harness.nowMs += 60_000;
    await harness.call(wrong);
    expect(harness.delaysMs).toEqual([100]);
  });

  it('never delay a right one, nor one without credentials', async () => {
    const harness = await AdminHarness.open();
    for (let i = 0; i < 8; i += 1) await harness.call(wrong);
    const delays = harness.delaysMs.length;
    expect((await harness.call({ body: BODY })).status).toBe(200);
    expect((await harness.call({ body: BODY, auth: null })).status).toBe(401);
    expect(harness.delaysMs.length).toBe(delays);
  });

  it('held back take no place of limit_conn; a fifth at once is refused unread with 429', async () => {
    const harness = await AdminHarness.open({ maxConcurrentRequests: 1 });
    for (let i = 0; i < 5; i += 1) await harness.call(wrong);
    harness.holdsSleepers = true;
    const held = [1, 2, 3, 4].map(() => harness.call(wrong));
    await eventually(() => harness.sleepers.length).toBe(4);
    const refused = await harness.json({ body: BODY });
    expect([refused.status, refused.body.code]).toEqual([429, 103]);
    harness.sleepers.splice(0, 1)[0]?.();
    await Promise.race(held);
    expect((await harness.call({ body: BODY })).status).toBe(200);
    for (const wake of harness.sleepers) wake();
    expect((await Promise.all(held)).map((reply) => reply.status)).toEqual([401, 401, 401, 401]);
  });

  it('stay held when the caller hangs up', async () => {
    const harness = await AdminHarness.open();
    for (let i = 0; i < 5; i += 1) await harness.call(wrong);
    harness.holdsSleepers = true;
    for (let i = 1; i <= 4; i += 1) {
      const headers = { authorization: basic('admin:guess') };
      const request = httpRequest({ host: '127.0.0.1', port: harness.port, method: 'POST', headers });
      request.on('error', () => {});
      request.end();
      await eventually(() => harness.sleepers.length).toBe(i);
      request.destroy();
    }
    expect((await harness.call(wrong)).status).toBe(429);
    for (const wake of harness.sleepers) wake();
  });

  it('are logged with their address, without what was tried', async () => {
    const harness = await AdminHarness.open();
    await harness.call({ body: BODY, auth: 'some:thing' });
    await eventually(() => harness.lines.length).toBe(1);
    expect(harness.lines[0]).toEqual({
      level: 'warn',
      fields: { remoteAddress: '127.0.0.1', failures: 1 },
      text: 'admin API: wrong user name, password or token',
    });
  });
});

describe('seq and rep of a caller who is not known', () => {
  it('are repeated from a small body, whatever else is wrong with it', async () => {
    const harness = await AdminHarness.open();
    const { body } = await harness.json({ body: { req: 77, seq: 5 }, auth: null });
    expect([body.code, body.seq, body.rep]).toEqual([104, 5, 77]);
    expect((await harness.json({ body: '{', auth: null })).body).toMatchObject({ code: 104 });
    expect((await harness.json({ body: '[1]', auth: null })).body).not.toHaveProperty('seq');
  });

  it.each([
    ['no credentials', null],
    ['wrong ones', 'admin:guess'],
  ])('with %s: a body that never comes takes no place of limit_conn', async (_, auth) => {
    const harness = await AdminHarness.open({ maxConcurrentRequests: 1 });
    const raw = new RawHttp(harness.port);
    onTestFinished(() => void raw.socket.destroy());
    const header = auth === null ? '' : `Authorization: ${basic(auth)}\r\n`;
    raw.send(`POST /api/v1 HTTP/1.1\r\nHost: x\r\n${header}Content-Length: 30\r\n\r\n{`);
    await harness.call({ method: 'GET', path: '/healthz', auth: null });
    expect((await harness.call({ body: BODY })).status).toBe(200);
    expect(raw.text).toBe('');
  });

  it('are not read from a large one', async () => {
    const harness = await AdminHarness.open();
    const reply = await harness.json({ body: { req: 2, seq: 5, pad: 'x'.repeat(20_000) }, auth: null });
    expect([reply.status, reply.body.code, reply.body.seq]).toEqual([401, 104, undefined]);
  });
});
