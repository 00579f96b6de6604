import { copyFile, link, open, rename, unlink } from 'node:fs/promises';
import { temporaryPath } from './temporary-path.ts';

/**
 * Keeps the file at `path` as `<path>.bak` too, in place of an older one, which holds until the new one is whole.
 * A second name for the same file where the file system knows such, else a copy that is safe on disk.
 */
export async function keepBackup(path: string): Promise<void> {
  const temporary = temporaryPath(path);
  try {
    await link(path, temporary).catch(() => copySafely(path, temporary));
    await rename(temporary, `${path}.bak`);
  } finally {
    // A rename between two names of one file does nothing, and leaves both.
    await unlink(temporary).catch(() => {});
  }
}

async function copySafely(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  const copy = await open(to, 'r');
  try {
    await copy.sync();
  } finally {
    await copy.close();
  }
}
