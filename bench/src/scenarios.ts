import type {
  IdleJob,
  LoadCarrier,
  LoadLogin,
  LoadQos,
  ProtocolVersion,
  TrafficJob,
  TrafficMode,
} from './load/load-job.ts';
import type { MetricName } from './metrics.ts';

/** How long a run takes; `--ci` and `--secs` change it. */
export interface RunTimes {
  readonly warmUpSeconds: number;
  readonly measureSeconds: number;
}

/** A job without what differs from run to run. */
export type ScenarioJob =
  | Omit<TrafficJob, 'port' | 'subscriberPort' | 'topicRoot' | 'brokerPid' | 'carrier' | 'login' | keyof RunTimes>
  | Omit<IdleJob, 'port' | 'brokerPid' | 'settleSeconds'>;

/** What a scenario asks of a broker beside its defaults. */
export interface BrokerSetup {
  readonly carrier: LoadCarrier;
  /**
   * Who may enter and do what: nobody but this user, and of 200 access rules the last lets it publish and subscribe.
   * Null lets everybody do everything.
   */
  readonly user: LoadLogin | null;
  /**
   * Publishers are at this broker, subscribers at a second one of its kind, to which a bridge of this protocol version
   * leads. Null: there is one broker.
   */
  readonly bridge: ProtocolVersion | null;
}

/** One workload with a name that reports and `baseline.json` use. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly setup: BrokerSetup;
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

/** MQTT over TCP, open to all. */
export const PLAIN_SETUP: BrokerSetup = { carrier: 'tcp', user: null, bridge: null };

const BENCH_USER: LoadLogin = { username: 'bench', password: 'bench-password' };

interface TrafficRow {
  readonly name: string;
  readonly title: string;
  readonly mode: TrafficMode;
  readonly publishers: number;
  readonly subscribers: number;
  readonly qos: LoadQos;
  readonly payloadBytes: number;
  readonly windowMessages: number;
  readonly setup: Omit<BrokerSetup, 'bridge'>;
  /** By a bridge of the protocol version that is measured. */
  readonly isBridged: boolean;
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
  const load = { mode, publishers, subscribers, qos, payloadBytes, windowMessages };
  return { name, title, ...load, setup: PLAIN_SETUP, isBridged: false, guarded, ciProtocols };
}

/** The pair of QoS 0 on a broker that is set up otherwise. */
function edgeRow(
  name: string,
  title: string,
  setup: Omit<BrokerSetup, 'bridge'>,
  ciProtocols: readonly ProtocolVersion[],
): TrafficRow {
  return { ...row(name, `20 -> 20, QoS 0, 64 B, ${title}`, 'pair', [20, 20, 0, 64, 500], ciProtocols), setup };
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
  edgeRow('pair-q0-tls', 'TLS 1.3', { carrier: 'tls', user: null }, [4]),
  edgeRow('pair-q0-ws', 'WebSocket, one packet each', { carrier: 'ws', user: null }, [4]),
  edgeRow('pair-q0-ws-many', 'WebSocket, many packets each', { carrier: 'ws-many', user: null }, []),
  {
    ...row('bridge-q1', '20 -> bridge -> 20, QoS 1, 64 B', 'pair', [20, 20, 1, 64, 100], [4]),
    isBridged: true,
  },
  edgeRow('pair-q0-rules', 'a user, 200 access rules', { carrier: 'tcp', user: BENCH_USER }, [4]),
];

function trafficScenario(from: TrafficRow, protocol: ProtocolVersion): Scenario {
  const { name, title, setup, isBridged, guarded, ciProtocols, ...shape } = from;
  return {
    ...namesFor(name, title, protocol),
    setup: { ...setup, bridge: isBridged ? protocol : null },
    job: { kind: 'traffic', ...shape, protocol },
    guarded,
    isInCi: ciProtocols.includes(protocol),
  };
}

function idleScenario(protocol: ProtocolVersion): Scenario {
  return {
    ...namesFor('idle', 'idle connections, one subscription each', protocol),
    setup: PLAIN_SETUP,
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
