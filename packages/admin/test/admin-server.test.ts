import { expect, it } from 'vitest';
import { AdminHarness } from './support/admin-harness.ts';

const BODY = { req: 2, seq: 1 };

it('tells the address it is bound to', async () => {
  const harness = await AdminHarness.open();
  expect(harness.server.address).toEqual({ host: '127.0.0.1', port: expect.any(Number) });
  expect(harness.server.address.port).toBeGreaterThan(0);
});

it('listens on IPv6 as well', async () => {
  const harness = await AdminHarness.open({ host: '::1' });
  const reply = await fetch(`http://[::1]:${harness.port}/healthz`);
  expect(reply.status).toBe(200);
});

it('a set request that changes the password of the API is still answered, and holds for the next one', async () => {
  const harness = await AdminHarness.open();
  harness.config.onChange = async () => harness.server.update({ ...harness.options, password: 'new' });
  const set = await harness.json({ body: { req: 12, seq: 1, data: { http_server: { password: 'new' } } } });
  expect(set.body).toEqual({ code: 0, seq: 1, rep: 12 });
  expect((await harness.call({ body: BODY })).status).toBe(401);
  expect((await harness.call({ body: BODY, auth: 'admin:new' })).status).toBe(200);
});

it('update of redact_secrets holds for the next request', async () => {
  const harness = await AdminHarness.open();
  harness.server.update({ ...harness.options, redactSecrets: true });
  const { text } = await harness.call({ body: { req: 11, seq: 1 } });
  expect(JSON.parse(text).data.http_server.password).toBe('******');
});

it('no log line of a working day holds a secret', async () => {
  const harness = await AdminHarness.open();
  const secrets = ['hunter2', 'pa55phrase', 'guessed-wrong'];
  await harness.call({ body: BODY, auth: 'admin:guessed-wrong' });
  const data = { http_server: { password: 'hunter2' }, bridge: { password: 'pa55phrase' } };
  await harness.call({ body: { req: 12, seq: 1, data } });
  await harness.call({ body: { req: 12, seq: 1, data: { ...data, url: 'hunter2' } } });
  harness.admin.fault = new Error('broken');
  await harness.call({ body: { ...BODY, password: 'hunter2' } });
  const log = JSON.stringify(harness.lines);
  expect(harness.lines.length).toBeGreaterThanOrEqual(3);
  for (const secret of secrets) expect(log).not.toContain(secret);
});
