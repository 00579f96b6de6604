import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { join } from 'node:path';
import { BENCH } from '../checkout.ts';
import { startChild, stopChild } from '../child-processes.ts';
import { inBackground, LOAD_CORE, pinnedTo } from '../pinning.ts';

const ENTRY = join(BENCH, 'dist/polled/poller-main.js');
const STANDARD_ERROR = 2;

/** What to ask, and how often. */
export interface PollerJob {
  readonly apiPort: number;
  readonly everyMs: number;
  /** Clients that are connected at least: answers with fewer rows are bad. */
  readonly clients: number;
}

/** What a poller has seen. */
export interface PollCounts {
  /** Times that both questions were answered. */
  readonly polls: number;
  readonly seconds: number;
  /** Answers. */
  readonly good: number;
  readonly bad: number;
  /** What was wrong with the first bad one; empty without one. */
  readonly firstFault: string;
}

/** A process that polls the HTTP API until it is stopped. */
export interface Poller {
  /** @throws when it had ended by itself */
  stop(): Promise<PollCounts>;
}

/** Starts a poller beside the load generator, behind it in priority. */
export function startPoller(job: PollerJob): Poller {
  const command = pinnedTo(LOAD_CORE, inBackground([process.execPath, ENTRY, JSON.stringify(job)]));
  const child = startChild(command, STANDARD_ERROR, true);
  const parts: Buffer[] = [];
  child.stdout?.on('data', (part: Buffer) => parts.push(part));
  const closed = once(child, 'close');
  // Its end is looked at in `stop`; until then nobody waits for it.
  closed.catch(() => {});
  return {
    stop: async () => {
      await stopChild(child);
      const [code] = (await closed) as [number | null];
      if (code !== 0) throw new Error(`the poller ended with code ${code}`);
      return JSON.parse(Buffer.concat(parts).toString()) as PollCounts;
    },
  };
}

/** Counts of several windows together. */
export function mergeCounts(all: readonly PollCounts[]): PollCounts {
  const sum = (of: (counts: PollCounts) => number): number => all.reduce((total, counts) => total + of(counts), 0);
  return {
    polls: sum(({ polls }) => polls),
    seconds: sum(({ seconds }) => seconds),
    good: sum(({ good }) => good),
    bad: sum(({ bad }) => bad),
    firstFault: all.find(({ firstFault }) => firstFault !== '')?.firstFault ?? '',
  };
}

/** Says what a report calls a fault. @returns empty when every answer was good */
export function faultsOfPolls({ good, bad, firstFault }: PollCounts): string[] {
  if (bad > 0) return [`${bad} of ${good + bad} answers of the API were bad; the first: ${firstFault}`];
  return good === 0 ? ['the API answered nothing'] : [];
}
