import type { Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectCrowd } from './crowd.ts';
import { HttpCaller } from './http-caller.ts';
import { type Footprint, WatchedBroker } from './watched-broker.ts';

const POLLS = process.env.NANOMQ_SLOW_SHORT === '1' ? 2_000 : 100_000;
/** Until then caches fill, code is compiled and pools grow. */
const WARM_UP_POLLS = Math.min(POLLS, 10_000);
const AT_ONCE = 4;
const CLIENTS = 50;
/** What the heap may differ by; a leak of 100 bytes a poll would be 10 MB. */
const HEAP_SLACK_BYTES = 4 * 1024 * 1024;
/** Connections that stay open for the next request. */
const DESCRIPTOR_SLACK = 4;

/** Each is read, none changes anything. */
const CALLS: readonly (readonly [method: string, path: string, body: string])[] = [
  ['POST', '/api/v1', '{"req":2,"seq":1}'],
  ['POST', '/api/v1', '{"req":4,"seq":1}'],
  ['POST', '/api/v1', '{"req":5,"seq":1}'],
  ['GET', '/api/v1', '{"req":11,"seq":1}'],
  ['POST', '/api/v1', '{"req":13,"seq":1}'],
  ['GET', '/api/v4/clients?limit=10', ''],
  ['GET', '/api/v4/subscriptions', ''],
  ['GET', '/api/v4/metrics', ''],
  ['GET', '/api/v4/prometheus', ''],
  ['GET', '/metrics', ''],
];

let broker: WatchedBroker;
let caller: HttpCaller;
let crowd: readonly Socket[] = [];

beforeAll(async () => {
  broker = await WatchedBroker.start();
  crowd = await connectCrowd(broker.mqttPort, CLIENTS);
  caller = new HttpCaller(broker.httpPort);
});
afterAll(() => {
  caller?.close();
  for (const socket of crowd) socket.destroy();
  broker?.stop();
});

/** Polls `count` times, a few at once, each call in its turn. */
async function poll(count: number): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const [method, path, body] = CALLS[next++ % CALLS.length] as (typeof CALLS)[number];
      await caller.call(method, path, body);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

it(`API and metrics polled ${POLLS} times leave descriptors and heap as they were`, async () => {
  await poll(WARM_UP_POLLS);
  const before = await broker.footprint();
  const startedMs = performance.now();
  await poll(POLLS);
  const seconds = (performance.now() - startedMs) / 1000;
  const after = await broker.footprint();
  const show = ({ heapBytes, descriptors }: Footprint) =>
    `${(heapBytes / 1e6).toFixed(2)} MB, ${descriptors} descriptors`;
  process.stdout.write(`${POLLS} polls in ${seconds.toFixed(0)} s: before ${show(before)}; after ${show(after)}\n`);
  expect(after.descriptors).toBeLessThanOrEqual(before.descriptors + DESCRIPTOR_SLACK);
  expect(after.heapBytes).toBeLessThan(before.heapBytes + HEAP_SLACK_BYTES);
});
