import { request as httpRequest } from 'node:http';
import type { BrokerFigures } from '@nanomq-ts/core';
import { expect, it } from 'vitest';
import { AdminHarness, basic, eventually, type Reply } from '../support/admin-harness.ts';
import { brokerFigures } from '../support/fake-ports.ts';

const BODY = { req: 2, seq: 1 };

/** Makes req 2 wait; each call of the result answers the oldest waiting one. */
function holdFigures(harness: AdminHarness): { readonly held: () => number; readonly answer: () => void } {
  const waiting: ((figures: BrokerFigures) => void)[] = [];
  harness.admin.figures = () => new Promise((resolve) => waiting.push(resolve));
  return { held: () => waiting.length, answer: () => waiting.shift()?.(brokerFigures()) };
}

it('handles limit_conn requests at once, the others in their order', async () => {
  const harness = await AdminHarness.open({ maxConcurrentRequests: 2 });
  const figures = holdFigures(harness);
  const done: number[] = [];
  const calls: Promise<unknown>[] = [];
  for (let seq = 1; seq <= 4; seq += 1) {
    calls.push(harness.json({ body: { req: 2, seq } }).then(() => done.push(seq)));
    // The next one comes in only when this one has.
    await eventually(() => figures.held()).toBe(Math.min(seq, 2));
    if (seq > 2) await harness.call({ method: 'GET', path: '/healthz', auth: null });
  }
  for (let answered = 1; answered <= 4; answered += 1) {
    figures.answer();
    await eventually(() => done.length).toBe(answered);
    await eventually(() => figures.held()).toBe(Math.min(2, 4 - answered));
  }
  expect(done).toEqual([1, 2, 3, 4]);
  await Promise.all(calls);
});

it('a caller that leaves while it waits gives its turn to the next', async () => {
  const harness = await AdminHarness.open({ maxConcurrentRequests: 1 });
  const figures = holdFigures(harness);
  const first = harness.call({ body: BODY });
  await eventually(() => figures.held()).toBe(1);
  const headers = { authorization: basic('admin:public') };
  const left = httpRequest({ host: '127.0.0.1', port: harness.port, method: 'POST', path: '/api/v1', headers });
  left.on('error', () => {});
  left.end(JSON.stringify({ req: 10, seq: 1, action: 'stop' }));
  await harness.call({ method: 'GET', path: '/healthz', auth: null });
  left.destroy();
  // By the time of a later request's answer the server knows that this one is gone.
  await harness.call({ method: 'GET', path: '/healthz', auth: null });
  const third = harness.call({ body: BODY });
  figures.answer();
  await first;
  await eventually(() => figures.held()).toBe(1);
  figures.answer();
  expect((await third).status).toBe(200);
  expect(harness.config.stops).toBe(0);
});

it('beyond the queue the answer is 503 and when to come again', async () => {
  const harness = await AdminHarness.open({ maxConcurrentRequests: 1 });
  const figures = holdFigures(harness);
  const first = harness.call({ body: BODY });
  await eventually(() => figures.held()).toBe(1);
  const refused: Reply[] = [];
  const others = Array.from({ length: 520 }, async () => {
    const reply = await harness.call({ body: BODY });
    if (reply.status === 503) refused.push(reply);
    return reply.status;
  });
  await eventually(() => refused.length).toBe(8);
  const [reply] = refused;
  expect([reply?.headers['retry-after'], JSON.parse(reply?.text ?? '').code]).toEqual(['1', 102]);
  harness.admin.figures = async () => brokerFigures();
  figures.answer();
  expect((await first).status).toBe(200);
  expect((await Promise.all(others)).filter((status) => status === 200)).toHaveLength(512);
});

it('update changes the limit', async () => {
  const harness = await AdminHarness.open({ maxConcurrentRequests: 1 });
  const figures = holdFigures(harness);
  harness.server.update({ ...harness.options, maxConcurrentRequests: 2 });
  const calls = [harness.call({ body: BODY }), harness.call({ body: BODY })];
  await eventually(() => figures.held()).toBe(2);
  figures.answer();
  figures.answer();
  await Promise.all(calls);
});
