import { availableParallelism } from 'node:os';
import type { BenchOptions } from '../bench-options.ts';
import { thisMachine } from '../machine.ts';
import { measureShards, type ShardCurve } from './measure-shards.ts';
import { shardPlan } from './shard-plan.ts';
import { type ShardsReport, shardCurveText, shardsHeaderText } from './shards-report.ts';

/** Measures our broker with more and more shards and prints what comes out. */
export async function benchShards(options: BenchOptions): Promise<ShardsReport> {
  const { runs, warmUpSeconds, measureSeconds, scenarios } = options;
  const plan = shardPlan(availableParallelism());
  const settings = { runs, warmUpSeconds, measureSeconds };
  const head = { machine: thisMachine(), date: new Date().toISOString(), settings, plan };
  console.log(shardsHeaderText(head));
  const curves: ShardCurve[] = [];
  for (const scenario of scenarios) {
    const curve = await measureShards(scenario, plan, runs, options);
    console.log(`\n${shardCurveText(curve)}`);
    curves.push(curve);
  }
  return { ...head, curves };
}
