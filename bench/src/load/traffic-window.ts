import type { TrafficJob } from './load-job.ts';

// Fan modes share one window: without a cap the first publisher of a turn would take all of it.
const FAN_BATCH_MESSAGES = 64;

/** Counters of a closed loop at one moment, all in messages. */
export interface WindowState {
  /** Sent by all publishers together. */
  readonly sentTotal: number;
  /** Deliveries seen by all subscribers together. */
  readonly receivedTotal: number;
  /** Sent and acknowledged by the publisher in question. */
  readonly sent: number;
  readonly acknowledged: number;
  /** Deliveries seen by the publisher's own subscriber (pair). */
  readonly pairReceived: number;
}

/**
 * How many messages a publisher may send now. This is the closed loop, the same as in `mqload.c`:
 * - pair: what the publisher sent and its subscriber has not seen stays below the window;
 * - fan-in: all of them together stay below publishers x window;
 * - fan-out: the same, a message counting as seen when all subscribers together have seen that many deliveries;
 * - QoS 1 and 2: what the publisher sent and the broker has not acknowledged stays below the window too.
 * @returns messages, 0 or less when the window is full
 */
export function roomFor(job: TrafficJob, state: WindowState): number {
  const unacknowledgedRoom =
    job.qos === 0 ? Number.POSITIVE_INFINITY : job.windowMessages - state.sent + state.acknowledged;
  return Math.min(unacknowledgedRoom, undeliveredRoom(job, state));
}

function undeliveredRoom(job: TrafficJob, state: WindowState): number {
  if (job.mode === 'pair') return job.windowMessages - state.sent + state.pairReceived;
  const seen = job.mode === 'fanout' ? Math.floor(state.receivedTotal / job.subscribers) : state.receivedTotal;
  return Math.min(FAN_BATCH_MESSAGES, job.windowMessages * job.publishers - state.sentTotal + seen);
}

/** Deliveries one PUBLISH causes: one to each subscriber in fan-out, else one. */
export function deliveriesPerMessage(job: TrafficJob): number {
  return job.mode === 'fanout' ? job.subscribers : 1;
}
