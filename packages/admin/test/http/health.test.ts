import { AdminError } from '@nanomq-ts/core';
import { expect, it } from 'vitest';
import { AdminHarness } from '../support/admin-harness.ts';

it.each(['/healthz', '/readyz'])('%s answers without credentials and tells nothing else', async (path) => {
  const harness = await AdminHarness.open();
  const reply = await harness.call({ method: 'GET', path, auth: null });
  expect([reply.status, reply.text]).toEqual([200, '{"status":"ok"}']);
  expect(JSON.stringify(reply.headers)).not.toMatch(/express|nanomq|0\.1\.0/i);
  expect((await harness.call({ method: 'HEAD', path, auth: null })).status).toBe(200);
});

it('/readyz is 503 while the broker does not answer, /healthz is not', async () => {
  const harness = await AdminHarness.open();
  harness.admin.fault = new AdminError('SHARD_TIMEOUT');
  const ready = await harness.call({ method: 'GET', path: '/readyz', auth: null });
  expect([ready.status, ready.text]).toEqual([503, '{"status":"unavailable"}']);
  expect((await harness.call({ method: 'GET', path: '/healthz', auth: null })).status).toBe(200);
  harness.admin.fault = null;
  expect((await harness.call({ method: 'GET', path: '/readyz', auth: null })).status).toBe(200);
});

it('both answer while every place of limit_conn is taken', async () => {
  const harness = await AdminHarness.open({ maxConcurrentRequests: 0 });
  const waiting = harness.call({ body: { req: 2, seq: 1 } });
  expect((await harness.call({ method: 'GET', path: '/healthz', auth: null })).status).toBe(200);
  expect((await harness.call({ method: 'GET', path: '/readyz', auth: null })).status).toBe(200);
  await harness.server.close();
  await expect(waiting).rejects.toThrow();
});

it.each(['/healthz/', '/healthz/x', '/HEALTHZ'])('%s is no way around the credentials', async (path) => {
  const harness = await AdminHarness.open();
  const reply = await harness.call({ method: 'POST', path, auth: null });
  expect(reply.status).toBe(401);
});
