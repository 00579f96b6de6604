import { expect, it } from 'vitest';
import { AdminHarness } from '../support/admin-harness.ts';

const STOP = { req: 10, seq: 1, action: 'stop' };

it.each([
  ['a foreign page', { 'sec-fetch-site': 'cross-site' }],
  ['a page of the same domain', { 'sec-fetch-site': 'same-site' }],
  ['a form of a foreign page', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
  ['a foreign origin', { origin: 'https://evil.example' }],
  ['an origin without name', { origin: 'null' }],
  ['another port of this host', { origin: 'http://127.0.0.1:1' }],
])('%s cannot stop the broker with the credentials the browser knows', async (_, headers) => {
  const harness = await AdminHarness.open();
  const { status, body } = await harness.json({ body: STOP, headers });
  expect([status, body.code]).toEqual([403, 108]);
  expect(harness.config.stops).toBe(0);
});

it.each([
  ['a program', {}],
  ['a page of its own', { 'sec-fetch-site': 'same-origin', origin: 'https://behind.a.proxy' }],
  ['the address bar', { 'sec-fetch-site': 'none' }],
])('%s may call', async (_, headers) => {
  const harness = await AdminHarness.open();
  expect((await harness.call({ body: { req: 2, seq: 1 }, headers })).status).toBe(200);
});

it('an older browser on a page of its own may call', async () => {
  const harness = await AdminHarness.open();
  const headers = { origin: `http://127.0.0.1:${harness.port}`, host: `127.0.0.1:${harness.port}` };
  expect((await harness.call({ body: { req: 2, seq: 1 }, headers })).status).toBe(200);
});
