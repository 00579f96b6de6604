import type { Stats } from 'node:fs';
import { type FileHandle, open, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { configError } from '../config-error.ts';
import { keepBackup } from './backup.ts';
import { syncDirectory } from './sync-directory.ts';
import { removeLeftovers, temporaryPath } from './temporary-path.ts';
import { writeTarget } from './write-target.ts';

/** Steps of {@link replaceFileAtomically} in their order; each is named when it is done. */
export const REPLACE_STEPS = [
  'cleaned',
  'created',
  'half-written',
  'written',
  'synced',
  'backed-up',
  'renamed',
  'done',
] as const;

/** One of them. */
export type ReplaceStep = (typeof REPLACE_STEPS)[number];

/** How to write. */
export interface ReplaceOptions {
  /** Is told each step, for tests; the next one waits for it. */
  readonly onStep?: (step: ReplaceStep) => void | Promise<void>;
}

/** Nobody else needs to read a file that may hold passwords. */
const NEW_FILE_MODE = 0o600;

/**
 * Puts `text` in place of a file: whoever reads the path, also after a crash at any moment, finds the old or the new
 * text, whole. Mode and owner stay; the old text is kept as `<path>.bak`; a symbolic link is followed.
 * Settles when the new text is safe on disk. Calls for one file must not overlap.
 * @throws ConfigError FILE_UNWRITABLE (rejects); the file is as it was, unless only making the rename durable failed
 */
export async function replaceFileAtomically(path: string, text: string, options: ReplaceOptions = {}): Promise<void> {
  try {
    await replace(await writeTarget(path), text, options);
  } catch (cause) {
    const failure = cause as NodeJS.ErrnoException;
    if (failure.syscall === undefined) throw cause;
    throw configError('FILE_UNWRITABLE', { kind: 'change' }, explain(path, failure));
  }
}

async function replace(target: string, text: string, { onStep = () => {} }: ReplaceOptions): Promise<void> {
  const former = await stat(target).catch(absentAsUndefined);
  if (former?.isFile() === false) {
    throw configError('FILE_UNWRITABLE', { kind: 'change' }, `${target}: not a regular file`);
  }
  await removeLeftovers(target);
  await onStep('cleaned');
  const temporary = temporaryPath(target);
  try {
    await writeSafely(temporary, text, former, onStep);
    if (former !== undefined) await keepBackup(target);
    await onStep('backed-up');
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
  await onStep('renamed');
  await syncDirectory(dirname(target));
  await onStep('done');
}

async function writeSafely(
  path: string,
  text: string,
  former: Stats | undefined,
  onStep: (step: ReplaceStep) => void | Promise<void>,
): Promise<void> {
  const file = await open(path, 'wx', NEW_FILE_MODE);
  try {
    await onStep('created');
    const bytes = Buffer.from(text, 'utf8');
    const middle = bytes.length >> 1;
    await file.writeFile(bytes.subarray(0, middle));
    await onStep('half-written');
    await file.writeFile(bytes.subarray(middle));
    if (former !== undefined) await keepOwnerAndMode(file, former);
    await onStep('written');
    await file.sync();
    await onStep('synced');
  } finally {
    await file.close();
  }
}

async function keepOwnerAndMode(file: FileHandle, { uid, gid, mode }: Stats): Promise<void> {
  const own = await file.stat();
  // Only root may give a file away; then it stays ours, as an editor would leave it.
  if (own.uid !== uid || own.gid !== gid) await file.chown(uid, gid).catch(() => {});
  await file.chmod(mode & 0o7777);
}

function absentAsUndefined(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function explain(path: string, error: NodeJS.ErrnoException): string {
  // Of a single file mounted into a container the name cannot be taken over by another file.
  const hint = error.code === 'EBUSY' ? '; is it mounted by itself? Mount its directory instead' : '';
  return `${path}: ${error.message}${hint}`;
}
