import type { AuthSettings } from '../src/auth-settings.ts';
import { OPEN_SETTINGS } from '../src/auth-settings.ts';

/** Settings as they are by default, with what a test says; `rules` and `users` in short. */
export function settings({
  rules = [],
  users,
  ...others
}: Partial<Omit<AuthSettings, 'users' | 'acl'>> & {
  readonly rules?: readonly object[];
  readonly acl?: { readonly enable: boolean; readonly rules: readonly object[] };
  /** Password by name; given, the list is in use. */
  readonly users?: Readonly<Record<string, string>>;
} = {}): AuthSettings {
  const list = Object.entries(users ?? {}).map(([username, password]) => ({ username, password }));
  return {
    ...OPEN_SETTINGS,
    acl: { enable: true, rules },
    usesPasswords: users !== undefined,
    users: list,
    ...others,
  };
}
