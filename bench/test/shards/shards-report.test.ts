import { describe, expect, it } from 'vitest';
import { SCENARIOS } from '../../src/scenarios.ts';
import type { ShardOutcome } from '../../src/shards/measure-shards.ts';
import { shardPlan } from '../../src/shards/shard-plan.ts';
import { shardCurveText, shardsHeaderText } from '../../src/shards/shards-report.ts';
import { summaryOf } from '../../src/summary.ts';

const SINGLE: ShardOutcome = {
  shards: 1,
  broker: 'nanomq-ts',
  metrics: {
    rate: summaryOf([2e6, 1.9e6, 2.1e6]),
    cpu: summaryOf([0.5]),
    p99: summaryOf([3]),
    memory: summaryOf([90]),
  },
  faults: [],
  isLoadBound: false,
  results: [],
};

describe('a report on shards', () => {
  it('is a line for each number of shards, compared to one', () => {
    const metrics = { ...SINGLE.metrics, rate: summaryOf([3e6]), cpu: summaryOf([0.6]) };
    const four = { ...SINGLE, shards: 4, metrics, faults: ['lost 3'], isLoadBound: true };
    const scenario = SCENARIOS.find(({ name }) => name === 'pair-q0')!;
    expect(shardCurveText({ scenario, outcomes: [SINGLE, four] }).split('\n')).toEqual([
      'pair-q0: 20 -> 20, QoS 0, 64 B',
      '   1 shards  msg/s 2M 1x ±5% | µs CPU/msg 0.5 1x | p99 3 ms | 90 MiB',
      '   4 shards  msg/s 3M 1.5x ±0% | µs CPU/msg 0.6 1.2x | p99 3 ms | 90 MiB | the load generators were the limit',
      '            FAULT: lost 3',
    ]);
  });

  it.each([
    [2, true],
    [8, false],
  ])('with %d cores: says that there are no spare ones: %s', (cores, says) => {
    const machine = {
      cpuModel: 'a CPU',
      cores,
      memoryGiB: 4,
      system: 'linux x64',
      node: 'v20.19.0',
      commit: 'abc1234',
      isPinned: true,
    };
    const settings = { runs: 3, warmUpSeconds: 1, measureSeconds: 3 };
    const text = shardsHeaderText({ machine, date: '', settings, plan: shardPlan(cores) });
    expect(text.includes('no spare cores')).toBe(says);
    expect(text).toContain('3 alternating runs of 3 s');
  });
});
