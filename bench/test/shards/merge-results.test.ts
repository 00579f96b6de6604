import { expect, it } from 'vitest';
import type { TrafficResult } from '../../src/load/load-job.ts';
import { mergeResults } from '../../src/shards/merge-results.ts';

const RESULT: TrafficResult = {
  kind: 'traffic',
  sentPerSecond: 1000,
  deliveredPerSecond: 1000,
  lost: 1,
  unacknowledged: 2,
  duplicates: 3,
  disordered: 4,
  latencyP50Ms: 1,
  latencyP99Ms: 5,
  brokerCpuMicrosPerDelivery: 2000,
  brokerCpuShare: 2,
  loadCpuShare: 0.5,
  brokerRssBytes: 100,
  connectSeconds: 1,
};

it('one generator: as it was, but the share of the broker is of the cores it can use', () => {
  expect(mergeResults([RESULT], 4)).toEqual({ ...RESULT, brokerCpuShare: 0.5 });
});

it('two generators: rates and faults add up, the CPU time of the broker is counted once', () => {
  const other = { ...RESULT, deliveredPerSecond: 3000, latencyP50Ms: 3, latencyP99Ms: 4, loadCpuShare: 0.7 };
  expect(mergeResults([RESULT, other], 1)).toMatchObject({
    sentPerSecond: 2000,
    deliveredPerSecond: 4000,
    lost: 2,
    unacknowledged: 4,
    duplicates: 6,
    disordered: 8,
    latencyP50Ms: 2,
    latencyP99Ms: 5,
    brokerCpuMicrosPerDelivery: 500,
    loadCpuShare: 0.6,
  });
});
