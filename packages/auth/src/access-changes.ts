import type { AclRule } from './acl/acl-rule.ts';
import type { AuthSettings } from './auth-settings.ts';
import type { JwtKey } from './jwt/jwt-keys.ts';
import type { UserList } from './passwords/user-list.ts';

/** What a reload changed. */
export interface AccessChanges {
  readonly users: {
    readonly added: readonly string[];
    /** Another password. Who is connected stays so. */
    readonly changed: readonly string[];
    /** Whoever is connected under such a name may do nothing any more; its session can be ended. */
    readonly removed: readonly string[];
  };
  /** Rules as JSON. */
  readonly rules: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    /** The same rules in another order. */
    readonly isReordered: boolean;
  };
  /** Other settings with another value, by the names of `AuthSettings`; `jwt` also for other keys in the same files. */
  readonly settings: readonly string[];
}

/** What is compared. */
export interface Comparable {
  readonly settings: AuthSettings;
  readonly users: UserList;
  readonly rules: readonly AclRule[];
  readonly jwtKeys: readonly JwtKey[];
}

/**
 * Whether somebody who entered as a user of the list may stay: the user is in it, or the list is not looked at and
 * everybody may enter.
 */
export function mayStay(username: string, { settings, users }: Pick<Comparable, 'settings' | 'users'>): boolean {
  return users.has(username) || (!settings.usesPasswords && settings.allowAnonymous);
}

/** Compares what was with what is. Passwords are compared and not told. */
export function changesBetween(former: Comparable, now: Comparable): AccessChanges {
  const names = [...now.users.keys()];
  const removedRules = without(former.rules, now.rules);
  const addedRules = without(now.rules, former.rules);
  return {
    users: {
      added: names.filter((name) => !former.users.has(name)),
      changed: names.filter(
        (name) =>
          (former.users.get(name)?.entry ?? null) !== null &&
          former.users.get(name)?.entry !== now.users.get(name)?.entry,
      ),
      removed: [...former.users.keys()].filter((name) => !mayStay(name, now)),
    },
    rules: {
      added: addedRules,
      removed: removedRules,
      isReordered:
        addedRules.length + removedRules.length === 0 &&
        textsOf(former.rules).join('\n') !== textsOf(now.rules).join('\n'),
    },
    settings: changedSettings(former, now),
  };
}

function changedSettings(former: Comparable, now: Comparable): string[] {
  const before = plainSettings(former);
  const after = plainSettings(now);
  const isOther = (key: string): boolean =>
    JSON.stringify(before[key]) !== JSON.stringify(after[key]) ||
    (key === 'jwt' && !areSameKeys(former.jwtKeys, now.jwtKeys));
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(isOther);
}

/** Without users and rules, which are told one by one. */
function plainSettings({ settings }: Comparable): Record<string, unknown> {
  const { users: _users, acl, ...rest } = settings;
  return { ...rest, 'acl.enable': acl.enable };
}

function areSameKeys(former: readonly JwtKey[], now: readonly JwtKey[]): boolean {
  const isSame = ({ key, algorithm, keyId }: JwtKey, i: number): boolean => {
    const other = now[i] as JwtKey;
    return algorithm === other.algorithm && keyId === other.keyId && key.equals(other.key);
  };
  return former.length === now.length && former.every(isSame);
}

function textsOf(rules: readonly AclRule[]): string[] {
  return rules.map(({ text }) => text);
}

/** The texts of `rules` that `others` has not; a rule that is there twice counts twice. */
function without(rules: readonly AclRule[], others: readonly AclRule[]): string[] {
  const left = new Map<string, number>();
  for (const text of textsOf(others)) left.set(text, (left.get(text) ?? 0) + 1);
  return textsOf(rules).filter((text) => {
    const count = left.get(text) ?? 0;
    left.set(text, count - 1);
    return count <= 0;
  });
}
