import type { TrafficJob, TrafficResult } from '../load/load-job.ts';
import { runLoad } from '../load/run-load.ts';
import { type BrokerOutcome, outcomeOf } from '../measure.ts';
import { nanomqTs } from '../peers/nanomq-ts.ts';
import { type RunningBroker, startBroker } from '../peers/running-broker.ts';
import type { RunTimes, Scenario } from '../scenarios.ts';
import { mergeResults } from './merge-results.ts';
import type { ShardPlan } from './shard-plan.ts';

/** Our broker with so many shards in one scenario. */
export interface ShardOutcome extends BrokerOutcome {
  readonly shards: number;
}

/** One scenario, with every number of shards. */
export interface ShardCurve {
  readonly scenario: Scenario;
  readonly outcomes: readonly ShardOutcome[];
}

interface ShardRuns {
  readonly shards: number;
  readonly results: TrafficResult[];
  readonly failures: string[];
  broker: RunningBroker | undefined;
}

/** Measures our broker with every number of shards of the plan; they take turns, as brokers do. */
export async function measureShards(
  scenario: Scenario,
  plan: ShardPlan,
  runs: number,
  times: RunTimes,
): Promise<ShardCurve> {
  const all = plan.counts.map((shards): ShardRuns => ({ shards, results: [], failures: [], broker: undefined }));
  for (let run = 0; run < runs; run += 1) {
    for (const one of all) await runOnce(scenario, plan, times, one);
  }
  await Promise.all(all.map((one) => one.broker?.stop()));
  return {
    scenario,
    outcomes: all.map(({ shards, results, failures }) => ({ shards, ...outcomeOf('nanomq-ts', results, failures) })),
  };
}

async function runOnce(scenario: Scenario, plan: ShardPlan, times: RunTimes, one: ShardRuns): Promise<void> {
  try {
    one.broker ??= await startBroker(nanomqTs(one.shards), scenario.setup, plan.brokerCores);
    const { port, pid } = one.broker;
    const results = await Promise.all(
      plan.loadCores.map((core) => runLoad(jobOn(scenario, port, pid, times, `bench-${core}`), core)),
    );
    const traffic = results.filter((result) => result.kind === 'traffic');
    one.results.push(mergeResults(traffic, Math.min(one.shards, plan.brokerCoreCount)));
  } catch (error) {
    one.failures.push(error instanceof Error ? error.message : String(error));
    await one.broker?.stop();
    one.broker = undefined;
  }
}

function jobOn(scenario: Scenario, port: number, brokerPid: number, times: RunTimes, topicRoot: string): TrafficJob {
  const { job, setup } = scenario;
  if (job.kind !== 'traffic') throw new Error(`${scenario.name} is no traffic`);
  const { warmUpSeconds, measureSeconds } = times;
  const target = { port, brokerPid, topicRoot, carrier: setup.carrier, login: setup.user };
  return { ...job, ...target, warmUpSeconds, measureSeconds };
}
