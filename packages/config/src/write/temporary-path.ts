import { randomUUID } from 'node:crypto';
import { readdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A new name beside `target`, in its directory, so that a rename can take it over. It tells who made it. */
export function temporaryPath(target: string): string {
  return join(dirname(target), `.${basename(target)}.${process.pid}.${randomUUID().slice(0, 8)}.tmp`);
}

/**
 * Removes the temporary files that a process which died while it wrote `target` left behind. Those of this process are
 * left over as well, because its writes do not overlap.
 */
export async function removeLeftovers(target: string): Promise<void> {
  const directory = dirname(target);
  const prefix = `.${basename(target)}.`;
  for (const name of await readdir(directory)) {
    const [, pid] = /^(\d+)\.[0-9a-f]{8}\.tmp$/.exec(name.startsWith(prefix) ? name.slice(prefix.length) : '') ?? [];
    if (pid === undefined || isAnotherProcess(Number(pid))) continue;
    await unlink(join(directory, name)).catch(() => {});
  }
}

function isAnotherProcess(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
