import { once } from 'node:events';
import { join } from 'node:path';
import { BENCH } from '../checkout.ts';
import { startChild, stopChild } from '../child-processes.ts';
import type { CrowdJob } from '../load/idle-crowd.ts';
import { inBackground, LOAD_CORE, pinnedTo } from '../pinning.ts';

const ENTRY = join(BENCH, 'dist/polled/crowd-main.js');
const STANDARD_ERROR = 2;

/** Idle clients in a process of their own. */
export interface Crowd {
  /** False when the broker closed one of them, or the process ended otherwise. */
  isUp(): boolean;
  stop(): Promise<void>;
}

/** Connects the crowd beside the load generator. @throws when not all come up; what went wrong is on standard error */
export async function startCrowd(job: CrowdJob): Promise<Crowd> {
  const command = pinnedTo(LOAD_CORE, inBackground([process.execPath, ENTRY, JSON.stringify(job)]));
  const child = startChild(command, STANDARD_ERROR, true);
  let isUp = true;
  const ended = once(child, 'close').then(() => {
    isUp = false;
    return 'ended';
  });
  const first = child.stdout === null ? ended : Promise.race([once(child.stdout, 'data'), ended]);
  if ((await first) === 'ended') throw new Error(`the ${job.connections} idle clients did not come up`);
  return { isUp: () => isUp, stop: () => stopChild(child) };
}
