import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** As many as Linux follows. */
const MAX_LINKS = 40;

/**
 * The file that is to be replaced when `path` is written: at the end of all symbolic links, also where the last one
 * points to a file that does not exist yet. The link itself stays.
 * @throws Error of the system, such as ENOENT for a missing directory
 */
export async function writeTarget(path: string): Promise<string> {
  let target = path;
  for (let links = 0; links < MAX_LINKS; links++) {
    target = join(await realpath(dirname(target)), basename(target));
    const next = await readlink(target).catch(() => undefined);
    if (next === undefined) return target;
    target = resolve(dirname(target), next);
  }
  return realpath(path);
}
