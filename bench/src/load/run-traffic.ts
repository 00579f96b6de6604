import { setTimeout as sleep } from 'node:timers/promises';
import type { TrafficJob, TrafficResult } from './load-job.ts';
import { cpuSecondsOf, rssBytesOf } from './proc-stat.ts';
import { TrafficRun } from './traffic-run.ts';

const CONNECT_LIMIT_MS = 30_000;
const DRAIN_LIMIT_MS = 10_000;
const DRAIN_POLL_MS = 5;

interface Reading {
  readonly atMs: number;
  readonly sent: number;
  readonly received: number;
  readonly brokerCpuSeconds: number;
  readonly loadCpuMicros: number;
}

/**
 * Runs a closed or an open loop: connect, warm up, measure, drain.
 * @throws when the broker refuses or closes a connection, or when publishers and subscribers of a pair differ in number
 */
export async function runTraffic(job: TrafficJob): Promise<TrafficResult> {
  if (job.mode === 'pair' && job.publishers !== job.subscribers) throw new Error('pair needs as many subscribers');
  if (job.payloadBytes < 8) throw new Error('a payload holds a stamp of 8 bytes');
  const run = new TrafficRun(job);
  try {
    const connectStart = performance.now();
    await connectInTime(run);
    const connectSeconds = (performance.now() - connectStart) / 1000;
    run.startSending();
    await run.orFailed(sleep(job.warmUpSeconds * 1000));
    const before = readingOf(run, job);
    run.isMeasuring = true;
    await run.orFailed(sleep(job.measureSeconds * 1000));
    const after = readingOf(run, job);
    run.isMeasuring = false;
    const brokerRssBytes = rssBytesOf(job.brokerPid);
    run.stopSending();
    await drain(run);
    return { ...resultOf(run, before, after), brokerRssBytes, connectSeconds };
  } finally {
    run.close();
  }
}

async function connectInTime(run: TrafficRun): Promise<void> {
  const limit = setTimeout(() => run.fail(new Error('not all connections came up within 30 s')), CONNECT_LIMIT_MS);
  try {
    await run.connect();
  } finally {
    clearTimeout(limit);
  }
}

async function drain(run: TrafficRun): Promise<void> {
  const limit = performance.now() + DRAIN_LIMIT_MS;
  while (!run.isDrained && performance.now() < limit) await run.orFailed(sleep(DRAIN_POLL_MS));
}

function readingOf(run: TrafficRun, job: TrafficJob): Reading {
  const { user, system } = process.cpuUsage();
  return {
    atMs: performance.now(),
    sent: run.sentTotal,
    received: run.receivedTotal,
    brokerCpuSeconds: cpuSecondsOf(job.brokerPid),
    loadCpuMicros: user + system,
  };
}

function resultOf(
  run: TrafficRun,
  before: Reading,
  after: Reading,
): Omit<TrafficResult, 'brokerRssBytes' | 'connectSeconds'> {
  const seconds = (after.atMs - before.atMs) / 1000;
  const received = after.received - before.received;
  const brokerCpuSeconds = after.brokerCpuSeconds - before.brokerCpuSeconds;
  return {
    kind: 'traffic',
    sentPerSecond: (after.sent - before.sent) / seconds,
    deliveredPerSecond: received / seconds,
    lost: run.missing,
    unacknowledged: run.unacknowledged,
    duplicates: run.duplicates,
    disordered: run.disordered,
    latencyP50Ms: run.histogram.quantile(0.5) / 1000,
    latencyP99Ms: run.histogram.quantile(0.99) / 1000,
    brokerCpuMicrosPerDelivery: received === 0 ? Number.NaN : (brokerCpuSeconds * 1e6) / received,
    brokerCpuShare: brokerCpuSeconds / seconds,
    loadCpuShare: (after.loadCpuMicros - before.loadCpuMicros) / 1e6 / seconds,
  };
}
