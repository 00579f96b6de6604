import { readFile } from 'node:fs/promises';
import type { BridgeOptions } from '../bridge-options.ts';

/** What a bridge shows to the remote broker. Never to be logged. */
export interface Credentials {
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/**
 * The credentials as they are now: what stands in a file is read anew, so that they can change without a restart.
 * @throws Error (rejects) for a file that cannot be read
 */
export async function readCredentials(
  options: Pick<BridgeOptions, 'username' | 'password' | 'usernameFile' | 'passwordFile'>,
): Promise<Credentials> {
  const { username, password, usernameFile, passwordFile } = options;
  return {
    username: usernameFile === undefined ? username : await lineIn(usernameFile),
    password: passwordFile === undefined ? password : await lineIn(passwordFile),
  };
}

async function lineIn(path: string): Promise<string> {
  return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
}
