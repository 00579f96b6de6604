import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/**
 * Finds a program as the shell would; also where daemons live, which is not in everybody's PATH.
 * @returns absolute path, or undefined when there is none
 */
export function executablePath(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
