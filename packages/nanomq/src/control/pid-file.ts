import { closeSync, constants, fstatSync, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { CommandFailure } from '../cli/command-failure.ts';
import { ownUserId } from './run-directory.ts';

/**
 * Writes this process's identifier into a file with mode 0600.
 * @returns what takes the file away, unless another broker has put its own identifier there since
 * @throws CommandFailure when it is a link, another user's, or cannot be written
 */
export function writePidFile(path: string, pid: number = process.pid): () => void {
  try {
    writePid(path, `${pid}\n`);
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(`the PID file ${path} cannot be written: ${reason}`, { cause: error });
  }
  return () => {
    try {
      if (readFileSync(path, 'latin1').trim() === String(pid)) rmSync(path);
    } catch {
      // It is gone already.
    }
  };
}

function writePid(path: string, text: string): void {
  // In a directory open to all, somebody else may have put something of that name there. O_NOFOLLOW: a link would have us
  // write over what it leads to; O_NONBLOCK: a FIFO would have us wait for a reader.
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = openSync(path, flags, 0o600);
  try {
    const { uid } = fstatSync(file);
    const userId = ownUserId();
    if (userId !== undefined && uid !== userId) {
      throw new CommandFailure(`the PID file ${path} belongs to another user (uid ${uid})`);
    }
    ftruncateSync(file);
    writeSync(file, text);
  } finally {
    closeSync(file);
  }
}
