import { AdminError } from '@nanomq-ts/core';
import { expect, it } from 'vitest';
import { AdminHarness } from '../support/admin-harness.ts';

const BODY = { req: 2, seq: 7 };

it.each([
  ['SHARD_TIMEOUT', 500, 101],
  ['INVALID_FILTER', 400, 115],
  ['INVALID_MESSAGE', 400, 108],
  ['NOT_AUTHORIZED', 403, 108],
] as const)('an AdminError %s is answered %i/%i with its text', async (code, status, expected) => {
  const harness = await AdminHarness.open();
  harness.admin.fault = new AdminError(code, 'why');
  const reply = await harness.json({ body: BODY });
  expect([reply.status, reply.body.code, reply.body.msg]).toEqual([status, expected, 'why']);
  expect(harness.lines).toEqual([]);
});

it('a long message is cut', async () => {
  const harness = await AdminHarness.open();
  const data = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key-${i}`, i]));
  const { body } = await harness.json({ body: { req: 12, seq: 7, data } });
  expect(String(body.msg)).toHaveLength(503);
});

it('every reply carries the security headers and may not be stored', async () => {
  const harness = await AdminHarness.open();
  for (const auth of ['admin:public', null]) {
    const { headers } = await harness.call({ body: BODY, auth });
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('etag');
    expect(headers).not.toHaveProperty('strict-transport-security');
  }
});
