import { AuthError } from '../auth-error.ts';
import type { UserSettings } from '../auth-settings.ts';
import { parseStoredPassword, type StoredPassword } from './stored-password.ts';

/** One user, checked. */
export interface User {
  readonly username: string;
  /** As in the file. */
  readonly entry: string;
  readonly stored: StoredPassword;
}

/** Users by name. */
export type UserList = ReadonlyMap<string, User>;

/**
 * Checks users; one bad entry refuses the list, for a list that was damaged is not the one its author wrote.
 * @throws AuthError PASSWORD_ENTRY_INVALID, which names the user and not the password
 */
export function userListOf(users: readonly UserSettings[]): UserList {
  const list = new Map<string, User>();
  for (const { username, password: entry } of users) {
    const fail = (text: string): never => {
      throw new AuthError('PASSWORD_ENTRY_INVALID', `user ${JSON.stringify(username)}: ${text}`);
    };
    const fault = usernameFault(username);
    if (fault !== '') fail(fault);
    if (list.has(username)) fail('is there twice');
    const stored = parseStoredPassword(entry);
    if (typeof stored === 'string') return fail(stored);
    list.set(username, { username, entry, stored });
  }
  return list;
}

/** Why a text cannot be a user name, or ''. */
export function usernameFault(username: string): string {
  if (username === '') return 'the user name is empty';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(username)) return 'the user name has a control character';
  return '';
}
