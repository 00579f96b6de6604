import { readFileSync } from 'node:fs';

// USER_HZ of the Linux user-space interface; it is 100 on every architecture Node runs on.
const TICKS_PER_SECOND = 100;

/**
 * CPU time a process has used so far, user and system, all threads together.
 * @returns seconds in steps of 10 ms; NaN for process 0, a process that is gone, or a system without `/proc`
 * @see proc(5), /proc/pid/stat, fields 14 and 15
 */
export function cpuSecondsOf(pid: number): number {
  const text = procText(pid, 'stat');
  if (text === undefined) return Number.NaN;
  // The second field is the command in parentheses and may contain blanks: count from its end.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/**
 * Resident memory of a process.
 * @returns bytes; NaN where it cannot be read
 * @see proc(5), /proc/pid/status, VmRSS in KiB
 */
export function rssBytesOf(pid: number): number {
  const text = procText(pid, 'status');
  const kibibytes = text === undefined ? undefined : /^VmRSS:\s+(\d+)/m.exec(text)?.[1];
  return kibibytes === undefined ? Number.NaN : Number(kibibytes) * 1024;
}

function procText(pid: number, file: 'stat' | 'status'): string | undefined {
  if (pid === 0) return undefined;
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return undefined;
  }
}
