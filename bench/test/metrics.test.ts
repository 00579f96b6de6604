import { describe, expect, it } from 'vitest';
import type { IdleResult, TrafficResult } from '../src/load/load-job.ts';
import { faultsOf, metricsOf } from '../src/metrics.ts';

const TRAFFIC: TrafficResult = {
  kind: 'traffic',
  sentPerSecond: 10,
  deliveredPerSecond: 20,
  lost: 0,
  unacknowledged: 0,
  duplicates: 0,
  disordered: 0,
  latencyP50Ms: 1,
  latencyP99Ms: 2,
  brokerCpuMicrosPerDelivery: 3,
  brokerCpuShare: 0.5,
  loadCpuShare: 0.5,
  brokerRssBytes: 2 ** 21,
  connectSeconds: 0.1,
};
const IDLE: IdleResult = {
  kind: 'idle',
  connections: 100,
  connectsPerSecond: 50,
  brokerBytesPerConnection: 7000,
  brokerCpuMicrosPerConnection: 60,
  brokerRssBytes: 2 ** 20,
};

describe('metricsOf', () => {
  it('takes rate, CPU, latency and MiB from traffic', () => {
    expect(metricsOf(TRAFFIC)).toEqual({ rate: 20, cpu: 3, p50: 1, p99: 2, memory: 2 });
  });

  it('takes connections, bytes and MiB from idle connections', () => {
    expect(metricsOf(IDLE)).toEqual({ connects: 50, bytes: 7000, memory: 1 });
  });
});

describe('faultsOf', () => {
  it.each([
    ['a clean run', TRAFFIC, []],
    ['idle connections', IDLE, []],
    ['a loss', { ...TRAFFIC, lost: 3 }, ['lost 3']],
    ['more than was sent', { ...TRAFFIC, lost: -1, duplicates: 1 }, ['lost -1', 'duplicates 1']],
    ['a missing acknowledgement', { ...TRAFFIC, unacknowledged: 2 }, ['unacknowledged 2']],
    ['another order', { ...TRAFFIC, disordered: 1 }, ['disordered 1']],
  ])('%s', (_, result, faults) => {
    expect(faultsOf(result)).toEqual(faults);
  });
});
