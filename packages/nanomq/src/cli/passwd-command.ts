import { resolve } from 'node:path';
import { AuthError, changePasswordFile, hashPassword, type PasswordChangeResult } from '@nanomq-ts/auth';
import { escapeControls } from '../log/control-characters.ts';
import { CommandFailure } from './command-failure.ts';
import { readPassword } from './read-password.ts';
import type { Surroundings } from './surroundings.ts';

/** What `nanomq passwd` was told. */
export interface PasswordWords {
  /** Relative to the working directory. */
  readonly file: string;
  readonly username: string;
  /** With `-b`; otherwise it is asked for. */
  readonly password?: string | undefined;
  /** `-D`: the user goes. */
  readonly isDelete: boolean;
}

/**
 * `nanomq passwd`: adds, changes or deletes one user of a password file. The password is stored hashed (scrypt).
 * @returns exit code: 0, or 1 when the user to delete is not there
 * @throws CommandFailure when the file, the user name or the password is not good; the file is as before
 */
export async function changePassword(words: PasswordWords, surroundings: Surroundings): Promise<number> {
  const { file, username } = words;
  const { cwd, stdout, stderr } = surroundings;
  try {
    const change = await changeOf(words, surroundings);
    const result = await changePasswordFile(resolve(cwd, file), change);
    const text = escapeControls(`user ${username} ${RESULTS[result]} ${file}`);
    (result === 'not found' ? stderr : stdout).write(`${text}\n`);
    return result === 'not found' ? 1 : 0;
  } catch (error) {
    throw error instanceof AuthError ? new CommandFailure(error.message, { cause: error }) : error;
  }
}

const RESULTS: Readonly<Record<PasswordChangeResult, string>> = {
  added: 'added to',
  changed: 'changed in',
  deleted: 'deleted from',
  'not found': 'is not in',
};

async function changeOf({ username, password, isDelete }: PasswordWords, { stdin, stderr }: Surroundings) {
  if (isDelete) return { kind: 'delete', username } as const;
  const plain = password ?? (await readPassword(stdin, stderr));
  if (plain === '') throw new CommandFailure('the password is empty');
  return { kind: 'set', username, password: await hashPassword(plain) } as const;
}
