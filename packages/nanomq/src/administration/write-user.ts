import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AuthError, changePasswordFile, type PasswordChange } from '@nanomq-ts/auth';
import { formatPath, replaceFileAtomically } from '@nanomq-ts/config';
import { asChangeRefused, changeRefused } from '../configuration/change-refused.ts';
import type { ConfigurationSeat, SeenConfiguration } from './configuration-seat.ts';

const USERS = ['auth', 'password'];

/**
 * Writes one user, atomically, and puts it in force: into the password file the user, or else another one, stands in;
 * into the configuration file when there is no other file, or it is more than a list of users.
 * @param entry  the password as it will stand there; null deletes the user
 * @throws ChangeRefused (rejects); the files are as before
 */
export async function writeUser(seat: ConfigurationSeat, username: string, entry: string | null): Promise<void> {
  const file = passwordFileOf(seat.current, username);
  const change: PasswordChange =
    entry === null ? { kind: 'delete', username } : { kind: 'set', username, password: entry };
  if (file !== null && (await writeToPasswordFile(seat, file, change))) return;
  await seat.change([{ path: [...USERS, username], value: entry ?? undefined }]);
}

/** @returns false when the file cannot be edited as a list of users */
async function writeToPasswordFile(seat: ConfigurationSeat, file: string, change: PasswordChange): Promise<boolean> {
  try {
    // What is wrong already would be found only after the file was written.
    seat.current.read();
    const before = await readFile(file, 'utf8');
    if ((await changePasswordFile(file, change)) === 'not found') return false;
    await seat.reload().catch(async (error: unknown) => {
      await replaceFileAtomically(file, before);
      throw error;
    });
    return true;
  } catch (error) {
    if (error instanceof AuthError && error.code === 'PASSWORD_FILE_INVALID') return false;
    if (error instanceof AuthError && error.code === 'FILE_UNREADABLE')
      throw await changeRefused('file', '', error.message);
    throw await asChangeRefused(error);
  }
}

/** Absolute path of the file; null when users stand in the configuration file itself, or in none. */
function passwordFileOf({ accepted, sources, path }: SeenConfiguration, username: string): string | null {
  const own = accepted.origins.get(formatPath([...USERS, username]));
  const origins = own === undefined ? accepted.config.auth.users.map((user) => originOf(user.username)) : [own];
  const last = origins.findLast((origin) => origin?.kind === 'file');
  if (last?.kind !== 'file') return null;
  const file = resolve(sources.cwd, last.file);
  return file === path ? null : file;

  function originOf(name: string) {
    return accepted.origins.get(formatPath([...USERS, name]));
  }
}
