import type { IdleJob, LoadQos, ProtocolVersion, TrafficJob, TrafficMode } from './load/load-job.ts';
import type { MetricName } from './metrics.ts';

/** How long a run takes; `--ci` and `--secs` change it. */
export interface RunTimes {
  readonly warmUpSeconds: number;
  readonly measureSeconds: number;
}

/** A job without what differs from run to run. */
export type ScenarioJob =
  | Omit<TrafficJob, 'port' | 'brokerPid' | keyof RunTimes>
  | Omit<IdleJob, 'port' | 'brokerPid' | 'settleSeconds'>;

/** One workload with a name that reports and `baseline.json` use. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly job: ScenarioJob;
  /** The metrics whose ratio to Mosquitto `--ci` guards. */
  readonly guarded: readonly MetricName[];
  /** Part of the short run. */
  readonly isInCi: boolean;
}

/**
 * Connections of the idle scenario in the short run. A JavaScript heap grows in steps, so bytes for each connection are
 * only comparable at the same number: `baseline.json` holds the ratio at this one.
 */
export const CI_IDLE_CONNECTIONS = 5000;

interface TrafficRow {
  readonly name: string;
  readonly title: string;
  readonly mode: TrafficMode;
  readonly publishers: number;
  readonly subscribers: number;
  readonly qos: LoadQos;
  readonly payloadBytes: number;
  readonly windowMessages: number;
  readonly guarded: readonly MetricName[];
  /** Protocol versions measured in the short run. */
  readonly ciProtocols: readonly ProtocolVersion[];
}

function row(
  name: string,
  title: string,
  mode: TrafficMode,
  [publishers, subscribers, qos, payloadBytes, windowMessages]: readonly [number, number, LoadQos, number, number],
  ciProtocols: readonly ProtocolVersion[],
  guarded: readonly MetricName[] = ['rate'],
): TrafficRow {
  return { name, title, mode, publishers, subscribers, qos, payloadBytes, windowMessages, guarded, ciProtocols };
}

// Order of the numbers: publishers, subscribers, QoS, payload bytes, window.
const TRAFFIC: readonly TrafficRow[] = [
  row('pair-q0', '20 -> 20, QoS 0, 64 B', 'pair', [20, 20, 0, 64, 500], [4, 5]),
  row('pair-q1', '20 -> 20, QoS 1, 64 B', 'pair', [20, 20, 1, 64, 100], [4, 5]),
  row('pair-q2', '20 -> 20, QoS 2, 64 B', 'pair', [20, 20, 2, 64, 100], [4]),
  row('fanout-q0', '5 -> 500 each, QoS 0, 16 B', 'fanout', [5, 500, 0, 16, 20], [4, 5]),
  row('fanout-q1', '1 -> 500 each, QoS 1, 1 KiB', 'fanout', [1, 500, 1, 1024, 20], [4]),
  row('fanin-q0', '200 -> 1 on bench/#, QoS 0, 64 B', 'fanin', [200, 1, 0, 64, 50], [4]),
  row('large-q0', '20 -> 20, QoS 0, 16 KiB', 'pair', [20, 20, 0, 16384, 50], [4]),
  row('one-in-flight', '200 -> 200, one message each', 'pair', [200, 200, 0, 64, 1], [4], ['rate', 'cpu']),
];

function trafficScenario(from: TrafficRow, protocol: ProtocolVersion): Scenario {
  const { name, title, guarded, ciProtocols, ...shape } = from;
  return {
    ...namesFor(name, title, protocol),
    job: { kind: 'traffic', ...shape, protocol },
    guarded,
    isInCi: ciProtocols.includes(protocol),
  };
}

function idleScenario(protocol: ProtocolVersion): Scenario {
  return {
    ...namesFor('idle', 'idle connections, one subscription each', protocol),
    job: { kind: 'idle', connections: 10_000, protocol },
    guarded: ['connects', 'bytes'],
    isInCi: protocol === 4,
  };
}

function namesFor(name: string, title: string, protocol: ProtocolVersion): { name: string; title: string } {
  return protocol === 4 ? { name, title } : { name: `${name}-v5`, title: `${title}, MQTT 5.0` };
}

/** Every scenario, MQTT 3.1.1 first and MQTT 5.0 (names ending in `-v5`) after. */
export const SCENARIOS: readonly Scenario[] = ([4, 5] as const).flatMap((protocol) => [
  ...TRAFFIC.map((each) => trafficScenario(each, protocol)),
  idleScenario(protocol),
]);
