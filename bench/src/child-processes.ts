import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const KILL_AFTER_MS = 3000;

// Everything this process started and has not seen ending.
const running = new Set<ChildProcess>();

/**
 * Starts a program that never outlives this process.
 * @param command program and arguments
 * @param output  file descriptor for its standard error, and for its standard output unless `isPiped`
 * @param isPiped standard output becomes `child.stdout`
 */
export function startChild(command: readonly string[], output: number, isPiped = false): ChildProcess {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: ['ignore', isPiped ? 'pipe' : output, output] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  child.once('error', () => running.delete(child));
  return child;
}

/** Asks a child to end and insists after three seconds. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (!running.has(child)) return;
  const ended = once(child, 'exit');
  const insist = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(insist);
}

/** Ends every child at once, without waiting: for the moments when there is no later. */
export function killChildren(): void {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
}

/** From now on, no way this process ends leaves a child behind, except SIGKILL. */
export function killChildrenAtExit(): void {
  process.on('exit', killChildren);
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.on(signal, () => process.exit(code));
  }
}
