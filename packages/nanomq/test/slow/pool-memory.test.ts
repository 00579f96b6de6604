import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type StartedBroker, startBroker } from '../e2e/started-broker.ts';
import { residentBytes } from './resident-memory.ts';

const ROUNDS = process.env.NANOMQ_SLOW_SHORT === '1' ? 3 : 7;
const COUNTS = [2, 4, 8] as const;
/** What a shard may cost before its first client (issue 5). */
const LIMIT_BYTES = 15e6;
/** A worker thread of Node 20 with nothing in it has 8 MB; with Node 22 and later 12 MB. */
const EXTRA_BYTES_SINCE_NODE_22 = 7e6;
const SAMPLE_MS = 250;
const SETTLED_SAMPLES = 6;
const SETTLED_BYTES = 256 * 1024;
const PATIENCE_SAMPLES = 80;

const limitBytes = LIMIT_BYTES + (Number(process.versions.node.split('.')[0]) >= 22 ? EXTRA_BYTES_SINCE_NODE_22 : 0);

/** Resident memory when it has not moved for a while, bytes. */
async function settledBytes({ process: { pid } }: StartedBroker): Promise<number> {
  const samples: number[] = [];
  while (samples.length < PATIENCE_SAMPLES) {
    samples.push(residentBytes(pid as number));
    const last = samples.slice(-SETTLED_SAMPLES);
    if (last.length === SETTLED_SAMPLES && Math.max(...last) - Math.min(...last) < SETTLED_BYTES) break;
    await wait(SAMPLE_MS);
  }
  return samples.at(-1) as number;
}

async function startWith(shards: number): Promise<StartedBroker> {
  return startBroker(
    undefined,
    ({ mqtt }) =>
      `system { num_taskq_thread = ${shards}, max_taskq_thread = ${shards} }\nlisteners.tcp.bind = "127.0.0.1:${mqtt}"\n`,
  );
}

/** Starts a broker for each count, one after the other, and lets them settle together. @returns bytes of each */
async function bytesOfEach(counts: readonly number[]): Promise<number[]> {
  const brokers: StartedBroker[] = [];
  try {
    for (const count of counts) brokers.push(await startWith(count));
    return await Promise.all(brokers.map(settledBytes));
  } finally {
    for (const broker of brokers) expect(await broker.stop()).toEqual({ code: 0, signal: null });
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}

it('each further shard costs at most 15 MB before its first client', async () => {
  const rounds: number[][] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await bytesOfEach(COUNTS));
  const [two = 0, four = 0, eight = 0] = COUNTS.map((_, i) => median(rounds.map((bytes) => bytes[i] as number)));
  const further = [(four - two) / 2, (eight - four) / 4];
  const shown = further.map((cost) => (cost / 1e6).toFixed(1)).join(' and ');
  process.stdout.write(`further shards cost ${shown} MB each (2 to 4 and 4 to 8, medians of ${ROUNDS})\n`);
  expect(Math.max(...further)).toBeLessThanOrEqual(limitBytes);
});
