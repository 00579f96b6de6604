import { open } from 'node:fs/promises';

/** Makes the names in a directory as safe as the files' contents: without it a rename may be undone by a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
