import type { BenchOptions } from './bench-options.ts';
import type { LoadJob, LoadResult } from './load/load-job.ts';
import { runLoad } from './load/run-load.ts';
import { faultsOf, METRICS, type MetricName, type MetricValues, metricsOf } from './metrics.ts';
import type { BrokerKind, BrokerName } from './peers/broker-kind.ts';
import { type RunningBroker, startBroker } from './peers/running-broker.ts';
import { CI_IDLE_CONNECTIONS, type Scenario } from './scenarios.ts';
import { type Summary, summaryOf } from './summary.ts';

const IDLE_SETTLE_SECONDS = 1.5;
// Above this share of its core the generator may be what limits the run, if the broker has time left.
const BUSY_SHARE = 0.9;

/** All runs of one broker in one scenario. */
export interface BrokerOutcome {
  readonly broker: BrokerName;
  readonly metrics: Partial<Readonly<Record<MetricName, Summary>>>;
  /** What went wrong, each once: lost or duplicate messages, runs that failed. */
  readonly faults: readonly string[];
  /** The generator had no time left in the median run while the broker had: the true rate is higher. */
  readonly isLoadBound: boolean;
  readonly results: readonly LoadResult[];
}

/** One scenario, every broker. */
export interface ScenarioOutcome {
  readonly scenario: Scenario;
  readonly brokers: readonly BrokerOutcome[];
}

/**
 * Measures one scenario: the brokers are started fresh, take turns (ours, mosquitto, ours, mosquitto ...) so that a
 * slow minute of the machine meets all of them, and are stopped.
 */
export async function measureScenario(
  scenario: Scenario,
  kinds: readonly BrokerKind[],
  options: BenchOptions,
): Promise<ScenarioOutcome> {
  const able = kinds.filter((kind) => kind.protocols.includes(scenario.job.protocol) && kind.canBe(scenario.setup));
  const runs = able.map((kind) => ({ kind, results: [] as LoadResult[], failures: [] as string[] }));
  // Memory per connection is only true for a process that has served nothing yet.
  const isFreshEachRun = scenario.job.kind === 'idle';
  const started = new Map<BrokerName, RunningBroker>();
  for (let run = 0; run < options.runs; run += 1) {
    for (const { kind, results, failures } of runs) {
      try {
        const broker = started.get(kind.name) ?? (await startBroker(kind, scenario.setup));
        started.set(kind.name, broker);
        results.push(await runLoad(jobFor(scenario, broker, options)));
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
      if (isFreshEachRun || failures.length > 0) await stopAndForget(started, kind.name);
    }
  }
  await Promise.all([...started.keys()].map((name) => stopAndForget(started, name)));
  return {
    scenario,
    brokers: runs.map(({ kind, results, failures }) => outcomeOf(kind.name, results, failures)),
  };
}

async function stopAndForget(started: Map<BrokerName, RunningBroker>, name: BrokerName): Promise<void> {
  const broker = started.get(name);
  started.delete(name);
  await broker?.stop();
}

function jobFor(scenario: Scenario, broker: RunningBroker, options: BenchOptions): LoadJob {
  const target = { port: broker.port, brokerPid: broker.pid };
  const { job, setup } = scenario;
  if (job.kind === 'idle') {
    const connections = options.isCi ? Math.min(job.connections, CI_IDLE_CONNECTIONS) : job.connections;
    return { ...job, ...target, connections, settleSeconds: IDLE_SETTLE_SECONDS };
  }
  const { warmUpSeconds, measureSeconds } = options;
  const { subscriberPort } = broker;
  return {
    ...job,
    ...target,
    subscriberPort,
    carrier: setup.carrier,
    login: setup.user,
    warmUpSeconds,
    measureSeconds,
  };
}

/** Boils the runs of one broker down. @param failures  what ended runs that have no result */
export function outcomeOf(
  broker: BrokerName,
  results: readonly LoadResult[],
  failures: readonly string[],
): BrokerOutcome {
  const values = results.map(metricsOf);
  return {
    broker,
    metrics: summariesOf(values),
    faults: [...new Set([...failures, ...results.flatMap(faultsOf)])],
    isLoadBound: results.filter(isLoadBound).length * 2 > results.length,
    results,
  };
}

function summariesOf(runs: readonly MetricValues[]): Partial<Record<MetricName, Summary>> {
  const summaries: Partial<Record<MetricName, Summary>> = {};
  for (const name of Object.keys(METRICS) as MetricName[]) {
    const figures = runs.map((run) => run[name]).filter((figure) => figure !== undefined);
    if (figures.length > 0) summaries[name] = summaryOf(figures);
  }
  return summaries;
}

function isLoadBound(result: LoadResult): boolean {
  return result.kind === 'traffic' && result.loadCpuShare >= BUSY_SHARE && result.brokerCpuShare < BUSY_SHARE;
}
