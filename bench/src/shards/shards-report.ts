import type { BenchOptions } from '../bench-options.ts';
import type { Machine } from '../machine.ts';
import type { MetricName } from '../metrics.ts';
import { figure } from '../report.ts';
import type { ShardCurve, ShardOutcome } from './measure-shards.ts';
import type { ShardPlan } from './shard-plan.ts';

/** Everything a report on shards states, in the shape of the JSON file. */
export interface ShardsReport {
  readonly machine: Machine;
  readonly date: string;
  readonly settings: Pick<BenchOptions, 'runs' | 'warmUpSeconds' | 'measureSeconds'>;
  readonly plan: ShardPlan;
  readonly curves: readonly ShardCurve[];
}

/** Lines that stand above the curves. */
export function shardsHeaderText({ machine, settings, plan }: Omit<ShardsReport, 'curves'>): string {
  const pinning = machine.isPinned ? '' : ', NOT pinned';
  const lines = [
    `${machine.cpuModel}, ${machine.cores} cores, ${machine.system}, Node ${machine.node}, commit ${machine.commit}`,
    `${settings.runs} alternating runs of ${settings.measureSeconds} s after ${settings.warmUpSeconds} s; ` +
      `broker on cores ${plan.brokerCores}, ${plan.loadCores.length} load generators on ${plan.loadCores.join(', ')}${pinning}`,
  ];
  if (!plan.hasSpareCores) {
    lines.push('no spare cores: broker and load share them, so this shows what shards cost and not how they scale');
  }
  return lines.join('\n');
}

/** Table of one scenario: a line for each number of shards, medians and their ratio to one shard. */
export function shardCurveText({ scenario, outcomes }: ShardCurve): string {
  const lines = [`${scenario.name}: ${scenario.title}`];
  for (const outcome of outcomes) {
    lines.push(outcomeText(outcome, outcomes[0] as ShardOutcome));
    lines.push(...outcome.faults.map((fault) => `            FAULT: ${fault}`));
  }
  return lines.join('\n');
}

function outcomeText(outcome: ShardOutcome, single: ShardOutcome): string {
  const median = (of: ShardOutcome, metric: MetricName): number => of.metrics[metric]?.median ?? Number.NaN;
  const compared = (metric: MetricName): string =>
    `${figure(median(outcome, metric))} ${figure(median(outcome, metric) / median(single, metric))}x`;
  const spread = Math.round((outcome.metrics.rate?.spread ?? Number.NaN) * 50);
  const note = outcome.isLoadBound ? ' | the load generators were the limit' : '';
  return (
    `  ${String(outcome.shards).padStart(2)} shards  msg/s ${compared('rate')} ±${spread}% | µs CPU/msg ${compared('cpu')} | ` +
    `p99 ${figure(median(outcome, 'p99'))} ms | ${figure(median(outcome, 'memory'))} MiB${note}`
  );
}
