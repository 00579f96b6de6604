import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { BENCH } from '../checkout.ts';
import { startChild } from '../child-processes.ts';
import { isPinned, LOAD_CORE, pinnedTo } from '../pinning.ts';
import type { LoadJob, LoadResult } from './load-job.ts';

const ENTRY = join(BENCH, 'dist/load/load-main.js');
const STANDARD_ERROR = 2;

/**
 * Runs a load job apart from everything else: as a pinned process of its own where cores can be chosen, for the
 * threads of one process (collector and compiler included) cannot be kept off the broker's core one by one; as a
 * worker thread elsewhere.
 * @throws when the job fails; what went wrong is on standard error
 */
export async function runLoad(job: LoadJob, core = LOAD_CORE): Promise<LoadResult> {
  return isPinned ? runInProcess(job, core) : runInWorker(job);
}

async function runInProcess(job: LoadJob, core: number): Promise<LoadResult> {
  const command = pinnedTo(core, [process.execPath, ENTRY, JSON.stringify(job)]);
  const child = startChild(command, STANDARD_ERROR, true);
  const parts: Buffer[] = [];
  child.stdout?.on('data', (part: Buffer) => parts.push(part));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the load generator ended with code ${code}`);
  return JSON.parse(Buffer.concat(parts).toString(), nullIsNaN) as LoadResult;
}

async function runInWorker(job: LoadJob): Promise<LoadResult> {
  const worker = new Worker(ENTRY, { workerData: job });
  const [result] = (await once(worker, 'message')) as [LoadResult];
  await worker.terminate();
  return result;
}

/** JSON has no NaN and writes null for it. */
function nullIsNaN(_key: string, value: unknown): unknown {
  return value === null ? Number.NaN : value;
}
