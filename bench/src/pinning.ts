import { availableParallelism } from 'node:os';
import { executablePath } from './executable.ts';

/** Core of every broker. The brokers that are not being driven sleep, so they may share it. */
export const BROKER_CORE = 0;
/** Core of the load generator. */
export const LOAD_CORE = 1;

const nice = executablePath('nice');
const taskset = availableParallelism() >= 2 ? executablePath('taskset') : undefined;

/** True when broker and load generator get a core each. */
export const isPinned = taskset !== undefined;

/**
 * Puts a command on one core, or on those of a list as `taskset -c` takes it. `taskset` replaces itself by the command, so the process identifier stays the child's.
 * @returns the command unchanged where pinning is not possible
 */
export function pinnedTo(cores: number | string, command: readonly string[]): readonly string[] {
  return taskset === undefined ? command : [taskset, '-c', String(cores), ...command];
}

/** Lets a command run only while nothing else wants its core, as far as the system can; `nice` replaces itself, too. */
export function inBackground(command: readonly string[]): readonly string[] {
  return nice === undefined ? command : [nice, '-n', '19', ...command];
}
