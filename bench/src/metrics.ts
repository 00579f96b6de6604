import type { LoadResult } from './load/load-job.ts';

/** Which direction is the better one. */
export type Better = 'higher' | 'lower';

interface Metric {
  readonly unit: string;
  readonly better: Better;
}

/** What reports show of a run: unit and better direction by name. */
export const METRICS = {
  /** PUBLISH frames that reached subscribers, a second. */
  rate: { unit: 'msg/s', better: 'higher' },
  /** CPU time of the broker for each of them. */
  cpu: { unit: 'µs/msg', better: 'lower' },
  p50: { unit: 'ms', better: 'lower' },
  p99: { unit: 'ms', better: 'lower' },
  /** Connections opened and subscribed a second (idle). */
  connects: { unit: 'conn/s', better: 'higher' },
  /** Growth of resident memory for each connection (idle). */
  bytes: { unit: 'B/conn', better: 'lower' },
  /** Resident memory of the broker at the end of the measurement. */
  memory: { unit: 'MiB', better: 'lower' },
} as const satisfies Record<string, Metric>;

/** Name of a metric in reports and in `baseline.json`. */
export type MetricName = keyof typeof METRICS;

/** The figures of one run; a metric that does not belong to the kind of run is absent. */
export type MetricValues = Partial<Record<MetricName, number>>;

/** Takes from a result what reports show. */
export function metricsOf(result: LoadResult): MetricValues {
  const memory = result.brokerRssBytes / 2 ** 20;
  if (result.kind === 'idle') {
    return { connects: result.connectsPerSecond, bytes: result.brokerBytesPerConnection, memory };
  }
  return {
    rate: result.deliveredPerSecond,
    cpu: result.brokerCpuMicrosPerDelivery,
    p50: result.latencyP50Ms,
    p99: result.latencyP99Ms,
    memory,
  };
}

/** Says what a run did that a correct broker does not do under a closed loop. @returns empty when nothing */
export function faultsOf(result: LoadResult): string[] {
  if (result.kind === 'idle') return [];
  const { lost, unacknowledged, duplicates, disordered } = result;
  return Object.entries({ lost, unacknowledged, duplicates, disordered })
    .filter(([, count]) => count !== 0)
    .map(([what, count]) => `${what} ${count}`);
}
