import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { LoadJob, LoadResult } from './load-job.ts';
import { runIdle } from './run-idle.ts';
import { runTraffic } from './run-traffic.ts';

// Entry of the load generator. As a process: job as JSON in argv[2], result as JSON on standard output.
// As a worker thread: job in workerData, result as a message.

async function runJob(job: LoadJob): Promise<LoadResult> {
  return job.kind === 'idle' ? runIdle(job) : runTraffic(job);
}

if (isMainThread) {
  const result = await runJob(JSON.parse(process.argv[2] ?? '{}') as LoadJob);
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
} else {
  parentPort?.postMessage(await runJob(workerData as LoadJob));
}
