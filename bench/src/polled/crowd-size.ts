import { readFileSync } from 'node:fs';

/** Clients that the requirement speaks of. */
export const CROWD_CLIENTS = 10_000;
// Files of a Node process, connections of generator and API, and some to spare.
const OTHER_FILES = 500;

/**
 * How many idle clients the limit on open files leaves room for, at each of the two ends.
 * @param limits  text of `/proc/self/limits`; Node has raised its own soft limit to the hard one. Undefined: not known
 */
export function crowdSize(limits: string | undefined): number {
  const text = limits === undefined ? undefined : /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return text === undefined ? CROWD_CLIENTS : Math.max(1, Math.min(CROWD_CLIENTS, Number(text) - OTHER_FILES));
}

/** The limits of this process, which those it starts inherit; undefined where the system has no `/proc`. */
export function ownLimits(): string | undefined {
  try {
    return readFileSync('/proc/self/limits', 'latin1');
  } catch {
    return undefined;
  }
}
