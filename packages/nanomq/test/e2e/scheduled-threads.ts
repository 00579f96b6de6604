import { readdirSync, readFileSync } from 'node:fs';
import { threadOf } from '../../src/pool/batch-scheduling.ts';
import type { StartedBroker } from './started-broker.ts';

/** Numbers of Linux' policies; see sched(7). */
export const POLICY = { OTHER: 0, BATCH: 3, IDLE: 5 } as const;

/** How a broker's threads are scheduled now. Linux alone. */
export interface Scheduling {
  readonly main: number;
  /** Policies of all other threads but those with the normal one, in order. */
  readonly others: readonly number[];
}

export function schedulingOf({ process: { pid } }: StartedBroker): Scheduling {
  const tids = readdirSync(`/proc/${pid}/task`).map(Number);
  const policyOf = (tid: number) => threadOf(readFileSync(`/proc/${pid}/task/${tid}/stat`, 'latin1')).policy;
  const others = tids.filter((tid) => tid !== pid).map(policyOf);
  return { main: policyOf(pid as number), others: others.filter((policy) => policy !== POLICY.OTHER).toSorted() };
}

/** What is expected of so many shards that run with SCHED_BATCH. */
export function batchShards(count: number): Scheduling {
  return { main: POLICY.OTHER, others: Array.from({ length: count }, () => POLICY.BATCH) };
}
