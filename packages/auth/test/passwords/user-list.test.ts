import { describe, expect, it } from 'vitest';
import { AuthError } from '../../src/auth-error.ts';
import { userListOf } from '../../src/passwords/user-list.ts';
import { CHEAP_HASH } from './known-hashes.ts';

describe('a list of users', () => {
  it('has each by its name', () => {
    const list = userListOf([
      { username: 'admin', password: 'public' },
      { username: 'ünï $7$', password: CHEAP_HASH },
      { username: '__proto__', password: 'x' },
    ]);
    expect([...list.values()].map(({ username, stored }) => [username, stored.kind])).toEqual([
      ['admin', 'plain'],
      ['ünï $7$', 'pbkdf2'],
      ['__proto__', 'plain'],
    ]);
    expect(list.get('constructor')).toBeUndefined();
  });

  it.each([
    [
      'a user twice',
      [
        { username: 'a', password: 'x' },
        { username: 'a', password: 'canary' },
      ],
      'user "a": is there twice',
    ],
    ['no name', [{ username: '', password: 'canary' }], 'user "": the user name is empty'],
    [
      'a name with a control character',
      [{ username: 'a\nb', password: 'canary' }],
      'user "a\\nb": the user name has a control character',
    ],
    ['an empty password', [{ username: 'a', password: '' }], 'user "a": the password is empty'],
    [
      'a hash that is not known',
      [{ username: 'a', password: '$9$canary$canary' }],
      'user "a": the password is hashed in a way that is not known',
    ],
  ])('with %s is refused, and no password is told', (_, users, text) => {
    const list = () => userListOf(users);
    expect(list).toThrow(AuthError);
    expect(list).toThrow(`a user or password is not valid: ${text}`);
    expect(list).not.toThrow(/canary/);
  });
});
