import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Number of Linux' normal policy; see sched(7). */
const SCHED_OTHER = 0;

/** `policy` in /proc/PID/stat, counted from the first field behind the name, which is field 3; see proc(5). */
const POLICY_FIELD = 41 - 3;

/** Only a machine that is stuck takes so long. Milliseconds. */
const CHRT_LIMIT_MS = 5000;

/** A thread as Linux runs it. */
export interface ScheduledThread {
  readonly tid: number;
  /** A policy's number; see sched(7). */
  readonly policy: number;
}

/**
 * Lets this thread run with Linux' SCHED_BATCH: woken, it waits until the running one has to wait or has had its slice
 * (docs/adr/0015-batch-scheduling.md). A policy that is not the normal one was chosen by whoever started us, and stays.
 * Node cannot set it, so `chrt` does, while the thread goes on.
 * @param failed  told once, in words, why the thread keeps the normal policy
 */
export function scheduleAsBatch(failed: (cause: string) => void): void {
  if (process.platform !== 'linux') {
    failed('only Linux has SCHED_BATCH');
    return;
  }
  try {
    const { tid, policy } = threadOf(readFileSync('/proc/thread-self/stat', 'latin1'));
    if (policy !== SCHED_OTHER) return;
    // As both util-linux and Busybox take it. Setting this policy needs no privilege.
    execFile('chrt', ['-b', '-p', '0', String(tid)], { timeout: CHRT_LIMIT_MS }, (error, _, stderr) => {
      if (error !== null) failed(causeOf(error, stderr));
    });
  } catch (error) {
    // No /proc, or no leave to start a process: a filter of system calls, Node's permission model.
    failed(String(error));
  }
}

/** @param stat  the text of /proc/PID/task/TID/stat; the name in it may contain spaces and brackets */
export function threadOf(stat: string): ScheduledThread {
  const behindName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { tid: Number.parseInt(stat, 10), policy: Number(behindName[POLICY_FIELD]) };
}

function causeOf(error: Error & { readonly code?: unknown }, stderr: string): string {
  if (error.code === 'ENOENT') return 'there is no chrt on the PATH';
  const [complaint = ''] = stderr.split('\n');
  return complaint === '' ? error.message : complaint;
}
