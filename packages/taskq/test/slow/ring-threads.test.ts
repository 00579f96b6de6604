import { once } from 'node:events';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import { createBell, createRing } from '../../src/ring.ts';

const TIMES = process.env.NANOMQ_SLOW_SHORT === '1' ? 1 : 20;
const PARTY = new URL('ring-party.mjs', import.meta.url);
/** Far above what it takes on a busy machine: only a lost wake-up comes here. */
const TIMEOUT_MS = 60_000 * TIMES;

const workers: Worker[] = [];

afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.terminate())));

interface PartyReport {
  readonly drainedCount: number;
}

it.each([
  { name: 'large rings, seldom full', ringBytes: 1 << 20, records: 1_500_000, lead: Number.POSITIVE_INFINITY },
  { name: 'small rings, always full', ringBytes: 4096, records: 150_000, lead: Number.POSITIVE_INFINITY },
  { name: 'one record for one, both ends asleep in between', ringBytes: 4096, records: 50_000, lead: 1 },
])(
  'two threads tell each other everything, exactly and in order: $name',
  async ({ name, ringBytes, records, lead }) => {
    const reports = await runParties(ringBytes, records * TIMES, lead);
    if (name === 'small rings, always full') expect(reports[0]?.drainedCount).toBeGreaterThan(1000);
  },
  TIMEOUT_MS,
);

/** Settles when both have received everything, rejects when one finds what should not be. */
async function runParties(ringBytes: number, records: number, lead: number): Promise<PartyReport[]> {
  const rings = [createRing(ringBytes), createRing(ringBytes)] as const;
  const bells = [createBell(), createBell()] as const;
  const { port1, port2 } = new MessageChannel();
  const party = (own: 0 | 1, peer: 0 | 1, port: MessagePort): Promise<PartyReport> => {
    const workerData = {
      outgoing: rings[own],
      incoming: rings[peer],
      ownBell: bells[own],
      peerBell: bells[peer],
      port,
      ownSeed: own,
      peerSeed: peer,
      records,
      // One of them has to begin.
      lead: lead === 1 ? 1 - own : lead,
    };
    const worker = new Worker(PARTY, { workerData, transferList: [port] });
    workers.push(worker);
    return once(worker, 'message').then(([report]) => report as PartyReport);
  };
  return Promise.all([party(0, 1, port1), party(1, 0, port2)]);
}
