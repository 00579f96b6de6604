import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RawClient, TcpLink } from '@nanomq-ts/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AdministeredBroker } from '../e2e/administered-broker.ts';
import { metricOf, startPool } from '../e2e/pool-broker.ts';
import { residentBytes } from './resident-memory.ts';

const SCRIPT = fileURLToPath(new URL('./watched-pool.mjs', import.meta.url));
const CYCLES = process.env.NANOMQ_SLOW_SHORT === '1' ? 3000 : 50_000;
/** Until then caches fill, code is compiled and pools grow. */
const WARM_UP_CYCLES = 10_000;
const AT_ONCE = 48;
const PATIENCE_MS = 20_000;
/** Connections of one identifier that come at once, so that most of them are relayed to another shard. */
const RIVALS = 3;
const LASTING = { clean: false, properties: { sessionExpiryInterval: 1000 } };
/** What the heap of a thread may differ by; identifiers that stayed in the directory would be 1.6 MB in the main thread. */
const HEAP_SLACK_BYTES = 1024 * 1024;
/** The young generation of each of the five heaps may have grown, and the allocator keeps pages. */
const RESIDENT_SLACK_BYTES = 80 * 1024 * 1024;

/** What a broker holds when nobody is connected. */
interface PoolFootprint {
  /** Of each thread after a garbage collection, the main thread first. */
  readonly heapBytes: readonly number[];
  readonly residentBytes: number;
  readonly descriptors: number;
}

let broker: AdministeredBroker;
beforeAll(async () => {
  broker = await startPool('', ['--expose-gc', SCRIPT, 'start']);
});
afterAll(async () => {
  expect(await broker.stop()).toEqual({ code: 0, signal: null });
});

async function opened(): Promise<RawClient> {
  return new RawClient(await TcpLink.open(broker.port), 5);
}

async function left(client: RawClient): Promise<void> {
  client.send({ cmd: 'disconnect' });
  await client.expectClosed(PATIENCE_MS);
}

/** One connection with a clean session. */
async function comeAndGo(clientId: string): Promise<number> {
  const client = await opened();
  await client.connect({ clientId });
  await left(client);
  return 1;
}

/** Several connections of one identifier at once, of which one is left over, whichever it is. */
async function takeOver(clientId: string): Promise<number> {
  const rivals = await Promise.all(Array.from({ length: RIVALS }, opened));
  let closed = 0;
  let tellDecided = () => {};
  const decided = new Promise<void>((resolve) => {
    tellDecided = resolve;
  });
  const closings = rivals.map(async (rival) => {
    await rival.expectClosed(PATIENCE_MS);
    if (++closed === RIVALS - 1) tellDecided();
  });
  const allClosed = Promise.all(closings);
  for (const rival of rivals) rival.sendConnect({ clientId });
  await Promise.race([decided, allClosed]);
  const winner = rivals.find((rival) => !rival.link.isClosed) as RawClient;
  await winner.next('connack', PATIENCE_MS);
  winner.send({ cmd: 'disconnect' });
  await allClosed;
  return RIVALS;
}

/** A session that its client leaves and comes back to, and ends at last. */
async function returnTo(clientId: string): Promise<number> {
  const first = await opened();
  await first.connect({ clientId, ...LASTING });
  await first.subscribe(`lasting/${clientId}`, 1);
  await left(first);
  const again = await opened();
  expect((await again.connect({ clientId, ...LASTING })).sessionPresent).toBe(true);
  again.publish(`lasting/${clientId}`, 'here', { qos: 1 });
  await Promise.all([again.next('publish', PATIENCE_MS), again.next('puback', PATIENCE_MS)]);
  await left(again);
  const last = await opened();
  await last.connect({ clientId });
  await left(last);
  return 3;
}

const KINDS = [comeAndGo, takeOver, comeAndGo, returnTo] as const;
let names = 0;

/** Connects and disconnects `count` times, each time with identifiers that were never used before. */
async function cycle(count: number): Promise<void> {
  let done = 0;
  const worker = async () => {
    while (done < count) {
      const name = names++;
      const kind = KINDS[name % KINDS.length] as (typeof KINDS)[number];
      // Not in one expression: it would read the sum before the others have added to it.
      const cycles = await kind(`client-${name}`);
      done += cycles;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function footprint(): Promise<PoolFootprint> {
  const totals = async () => [
    ...(await metricOf(broker, 'nanomq_connections')).values(),
    ...(await metricOf(broker, 'nanomq_sessions')).values(),
  ];
  await expect.poll(totals, { timeout: PATIENCE_MS }).toEqual([0, 0]);
  const pid = broker.process.pid as number;
  const told = () => broker.printed().match(/^footprint .*$/gm) ?? [];
  const before = told().length;
  broker.process.kill('SIGUSR2');
  await expect.poll(() => told().length, { timeout: PATIENCE_MS }).toBe(before + 1);
  const heapBytes = JSON.parse((told().at(-1) as string).slice('footprint '.length)) as number[];
  return { heapBytes, residentBytes: residentBytes(pid), descriptors: readdirSync(`/proc/${pid}/fd`).length };
}

it(`${CYCLES} connections that come and go over 4 shards, with takeovers and lasting sessions, leave nothing`, async () => {
  await cycle(WARM_UP_CYCLES);
  const before = await footprint();
  const startedMs = performance.now();
  await cycle(CYCLES);
  const seconds = (performance.now() - startedMs) / 1000;
  const after = await footprint();
  const show = (held: PoolFootprint) =>
    `heaps ${held.heapBytes.map((bytes) => (bytes / 1e6).toFixed(2)).join(' + ')} MB, resident ` +
    `${(held.residentBytes / 1e6).toFixed(0)} MB, ${held.descriptors} descriptors`;
  process.stdout.write(`${CYCLES} cycles in ${seconds.toFixed(0)} s: before ${show(before)}; after ${show(after)}\n`);
  expect(after.descriptors).toBeLessThanOrEqual(before.descriptors);
  const grown = after.heapBytes.map((bytes, thread) => bytes - (before.heapBytes[thread] as number));
  expect(Math.max(...grown)).toBeLessThan(HEAP_SLACK_BYTES);
  expect(after.residentBytes).toBeLessThan(before.residentBytes + RESIDENT_SLACK_BYTES);
});
