import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandFailure } from '../cli/command-failure.ts';

/** Nobody but the owner may look in: whoever reaches a control socket commands its broker. */
const DIRECTORY_MODE = 0o700;
const OTHERS = 0o077;

/**
 * Where brokers of this user put their control sockets and PID files: `NANOMQ_RUN_DIR`, else `nanomq` in
 * `XDG_RUNTIME_DIR`, else `nanomq-UID` in the directory for temporary files.
 */
export function runDirectory(env: NodeJS.ProcessEnv): string {
  const { NANOMQ_RUN_DIR: own, XDG_RUNTIME_DIR: runtime } = env;
  if (own !== undefined && own !== '') return own;
  if (runtime !== undefined && runtime !== '') return join(runtime, 'nanomq');
  return join(tmpdir(), `nanomq-${ownUserId() ?? 0}`);
}

/**
 * Makes the directory if it is missing; the one above it must be there.
 * @throws CommandFailure when it cannot be made, or {@link checkRunDirectory} refuses it
 */
export function makeRunDirectory(path: string): void {
  try {
    // Not `recursive`: Node 20 never comes back from that where a directory cannot be made at all (/proc).
    mkdirSync(path, { mode: DIRECTORY_MODE });
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (!isThere)
      throw new CommandFailure(`the directory ${path} cannot be made: ${reasonOf(error)}`, { cause: error });
  }
  if (!checkRunDirectory(path)) throw new CommandFailure(`the directory ${path} went away`);
}

/**
 * Anyone can make a directory of a known name in `/tmp` and put sockets there that are no brokers of ours, so one that
 * is not this user's own is refused.
 * @returns false when there is none
 * @throws CommandFailure when it is no directory, belongs to another user, or others may enter it
 */
export function checkRunDirectory(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (!found.isDirectory()) throw new CommandFailure(`${path} is not a directory (a symbolic link is not followed)`);
  const userId = ownUserId();
  // Systems without user identifiers have no modes either.
  if (userId === undefined) return true;
  if (found.uid !== userId && userId !== 0) {
    throw new CommandFailure(`the directory ${path} belongs to another user (uid ${found.uid})`);
  }
  if ((found.mode & OTHERS) !== 0) {
    throw new CommandFailure(`others may enter the directory ${path}; chmod 700 it, or name another in NANOMQ_RUN_DIR`);
  }
  return true;
}

/** The user this process acts as; undefined where the system has none. */
export function ownUserId(): number | undefined {
  return process.geteuid?.();
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
