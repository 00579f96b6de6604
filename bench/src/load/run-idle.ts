import { setTimeout as sleep } from 'node:timers/promises';
import { IdleCrowd } from './idle-crowd.ts';
import type { IdleJob, IdleResult } from './load-job.ts';
import { cpuSecondsOf, rssBytesOf } from './proc-stat.ts';

/**
 * Opens connections with one subscription each, leaves them alone, and reads what they cost the broker.
 * @throws when the broker refuses or closes one
 */
export async function runIdle(job: IdleJob): Promise<IdleResult> {
  const rssBefore = rssBytesOf(job.brokerPid);
  const cpuBefore = cpuSecondsOf(job.brokerPid);
  const start = performance.now();
  const crowd = new IdleCrowd(job);
  try {
    await crowd.open();
    const seconds = (performance.now() - start) / 1000;
    await crowd.orFailed(sleep(job.settleSeconds * 1000));
    const brokerRssBytes = rssBytesOf(job.brokerPid);
    return {
      kind: 'idle',
      connections: job.connections,
      connectsPerSecond: job.connections / seconds,
      brokerBytesPerConnection: (brokerRssBytes - rssBefore) / job.connections,
      brokerCpuMicrosPerConnection: ((cpuSecondsOf(job.brokerPid) - cpuBefore) * 1e6) / job.connections,
      brokerRssBytes,
    };
  } finally {
    crowd.close();
  }
}
