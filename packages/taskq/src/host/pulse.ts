import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import type { AdminPort, Clock } from '@nanomq-ts/core';
import type { ShardNews } from './shard-order.ts';

/** How often a shard tells how it is, in milliseconds. */
export const PULSE_INTERVAL_MS = 1000;

/** Tells once a second how busy this thread is and what its shard has counted. @returns what stops it */
export function startPulse(admin: AdminPort, clock: Clock, tell: (news: ShardNews) => void): () => void {
  let before: EventLoopUtilization = performance.eventLoopUtilization();
  return clock.every(PULSE_INTERVAL_MS, () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    void admin.figures().then((figures) => tell({ kind: 'pulse', utilization, figures }));
  });
}
