import { randomBytes } from 'node:crypto';
import { chmod, chown, type FileHandle, open, readFile, realpath, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AuthError } from '../auth-error.ts';
import { formatPasswordLine, linesOf, parsePasswordFile } from './password-file.ts';
import { parseStoredPassword } from './stored-password.ts';
import { usernameFault } from './user-list.ts';

/** What `nanomq passwd` can do. */
export type PasswordChange =
  | {
      readonly kind: 'set';
      readonly username: string;
      /** As it will stand in the file: hashed with `hashPassword`, or plain. */
      readonly password: string;
    }
  | { readonly kind: 'delete'; readonly username: string };

/** What became of it. */
export type PasswordChangeResult = 'added' | 'changed' | 'deleted' | 'not found';

const OWNER_ONLY = 0o600;

/**
 * Adds, changes or deletes one user; every other line stays as it is, comments too. The new file takes the place of the
 * old one at once and complete: who reads it meanwhile sees the one or the other. Its mode and owner stay; a new file
 * is for its owner alone.
 * @throws AuthError (rejects) PASSWORD_FILE_INVALID, PASSWORD_ENTRY_INVALID, FILE_UNREADABLE; the file is as before
 */
export async function changePasswordFile(file: string, change: PasswordChange): Promise<PasswordChangeResult> {
  const text = await textOf(file);
  const edited = editPasswordText(text ?? '', change, file);
  if (edited.result !== 'not found') await replaceFile(file, edited.text);
  return edited.result;
}

/** The same on a text. @throws AuthError PASSWORD_FILE_INVALID, PASSWORD_ENTRY_INVALID */
export function editPasswordText(
  text: string,
  change: PasswordChange,
  name: string,
): { readonly text: string; readonly result: PasswordChangeResult } {
  const { username } = change;
  const fault = usernameFault(username);
  if (fault !== '') throw new AuthError('PASSWORD_ENTRY_INVALID', fault);
  const at = parsePasswordFile(text, name).find((entry) => entry.username === username)?.line;
  const lines = [...linesOf(text)];
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  if (change.kind === 'delete') {
    if (at === undefined) return { text, result: 'not found' };
    lines.splice(at - 1, 1);
    return { text: lines.join(end), result: 'deleted' };
  }
  const stored = parseStoredPassword(change.password);
  if (typeof stored === 'string') throw new AuthError('PASSWORD_ENTRY_INVALID', stored);
  const line = formatPasswordLine(change);
  if (at !== undefined) {
    lines[at - 1] = line;
    return { text: lines.join(end), result: 'changed' };
  }
  // Inside the braces, if there are any, and before the empty line that a final line end leaves.
  let place = lines.length;
  while (place > 0 && ['', '}'].includes((lines[place - 1] as string).trim())) place--;
  lines.splice(place, 0, line);
  if (lines.at(-1) !== '') lines.push('');
  return { text: lines.join(end), result: 'added' };
}

/** undefined: there is no such file yet. */
async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw AuthError.ofFile(file, 'read', error);
  }
}

async function replaceFile(file: string, text: string): Promise<void> {
  // A symbolic link stays one: what it points to is replaced.
  const target = await realpath(file).catch(() => file);
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const former = await stat(target).catch(() => null);
    await writeWhole(temporary, text);
    if (former !== null) {
      await chmod(temporary, former.mode & 0o777);
      // Only root can give a file away; anyone else made it for himself.
      await chown(temporary, former.uid, former.gid).catch(() => {});
    }
    await rename(temporary, target);
    await syncDirectory(dirname(target));
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw AuthError.ofFile(file, 'written', error);
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  const handle: FileHandle = await open(path, 'wx', OWNER_ONLY);
  try {
    await handle.writeFile(text, 'utf8');
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Else the new name could be lost with the power. Not every file system can do it. */
async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(() => null);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
