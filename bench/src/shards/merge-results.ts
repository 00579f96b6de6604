import type { TrafficResult } from '../load/load-job.ts';

/**
 * What several generators saw of one broker at the same time, as one of them would have seen it: rates and faults are
 * added up, p50 is the mean, p99 the worst. Each of them has seen all of the broker's CPU time.
 * @param results      at least one
 * @param usableCores  cores that the broker's shards can use: its share is of all of them
 */
export function mergeResults(results: readonly TrafficResult[], usableCores: number): TrafficResult {
  const sum = (figureOf: (result: TrafficResult) => number) =>
    results.reduce((total, result) => total + figureOf(result), 0);
  const mean = (figureOf: (result: TrafficResult) => number) => sum(figureOf) / results.length;
  const most = (figureOf: (result: TrafficResult) => number) => Math.max(...results.map(figureOf));
  const deliveredPerSecond = sum((result) => result.deliveredPerSecond);
  const brokerCores = mean((result) => result.brokerCpuShare);
  return {
    kind: 'traffic',
    sentPerSecond: sum((result) => result.sentPerSecond),
    deliveredPerSecond,
    lost: sum((result) => result.lost),
    unacknowledged: sum((result) => result.unacknowledged),
    duplicates: sum((result) => result.duplicates),
    disordered: sum((result) => result.disordered),
    latencyP50Ms: mean((result) => result.latencyP50Ms),
    latencyP99Ms: most((result) => result.latencyP99Ms),
    brokerCpuMicrosPerDelivery: (brokerCores * 1e6) / deliveredPerSecond,
    brokerCpuShare: brokerCores / usableCores,
    loadCpuShare: mean((result) => result.loadCpuShare),
    brokerRssBytes: most((result) => result.brokerRssBytes),
    connectSeconds: most((result) => result.connectSeconds),
  };
}
