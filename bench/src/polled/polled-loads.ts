import type { TrafficJob } from '../load/load-job.ts';
import type { RunningBroker } from '../peers/running-broker.ts';
import type { RunTimes } from '../scenarios.ts';

/** One load under which the API is polled. */
export interface PolledLoad {
  readonly name: string;
  readonly title: string;
  readonly job: Pick<TrafficJob, 'qos' | 'windowMessages' | 'messagesPerSecond'>;
}

/** Few messages, many, and as many as a closed loop brings through. */
export const POLLED_LOADS: readonly PolledLoad[] = [
  {
    name: 'paced-4k',
    title: '4,000 msg/s, QoS 0',
    job: { qos: 0, windowMessages: 20, messagesPerSecond: 4000 },
  },
  {
    name: 'paced-50k',
    title: '50,000 msg/s, QoS 0',
    job: { qos: 0, windowMessages: 20, messagesPerSecond: 50_000 },
  },
  { name: 'full', title: 'full speed, QoS 1, window 20', job: { qos: 1, windowMessages: 20 } },
];

/** 20 publishers, a subscriber each. */
export function polledJob(load: PolledLoad, { port, pid }: RunningBroker, times: RunTimes): TrafficJob {
  const { warmUpSeconds, measureSeconds } = times;
  const shape = { mode: 'pair', publishers: 20, subscribers: 20, protocol: 4, payloadBytes: 64 } as const;
  const edge = { carrier: 'tcp', login: null } as const;
  return { kind: 'traffic', ...shape, ...edge, ...load.job, port, brokerPid: pid, warmUpSeconds, measureSeconds };
}
