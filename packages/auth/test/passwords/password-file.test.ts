import { loadConfig } from '@nanomq-ts/config';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AuthError } from '../../src/auth-error.ts';
import { formatPasswordLine, parsePasswordFile } from '../../src/passwords/password-file.ts';
import { CHEAP_HASH, MOSQUITTO_LINES } from './known-hashes.ts';

function pairsOf(text: string): [string, string, number][] {
  return parsePasswordFile(text, 'pwd.conf').map(({ username, password, line }) => [username, password, line]);
}

describe('a password file', () => {
  it('of NanoMQ is read as it is', () => {
    const text = ['#', '# users', '#', '"admin": "public"', '"client": "secret"', ''].join('\n');
    expect(pairsOf(text)).toEqual([
      ['admin', 'public', 4],
      ['client', 'secret', 5],
    ]);
  });

  it.each([
    ['with = and without quotes', 'admin = public', 'admin', 'public'],
    ['without blanks', '"a":"b"', 'a', 'b'],
    ['with a comma', '"a": "b",', 'a', 'b'],
    ['with a comment behind', '"a": "b" # c', 'a', 'b'],
    ['with comma and comment', '"a": "b", // c', 'a', 'b'],
    ['with # and // in quotes', '"a#": "b//c"', 'a#', 'b//c'],
    ['with escapes', String.raw`"a\"": "b\\\t\u00e9"`, 'a"', 'b\\\té'],
    ['with blanks around', '   "a"  :   "b"   ', 'a', 'b'],
    ['with a hash in quotes', `"a": "${CHEAP_HASH}"`, 'a', CHEAP_HASH],
    ['with a colon in the password', '"a": "b:c"', 'a', 'b:c'],
    ['behind a byte order mark', '\ufeff"a": "b"', 'a', 'b'],
    ['in braces', '{\n"a": "b"\n}', 'a', 'b'],
    ['with CRLF', '"a": "b"\r\n', 'a', 'b'],
  ])('may have a line %s', (_, text, username, password) => {
    expect(parsePasswordFile(text, 'f')).toMatchObject([{ username, password }]);
  });

  it('of mosquitto_passwd is read', () => {
    const text = MOSQUITTO_LINES.map(([, , line]) => line).join('\n');
    expect(pairsOf(text)).toEqual(
      MOSQUITTO_LINES.map(([user, , line], i) => [user, line.slice(user.length + 1), i + 1]),
    );
  });

  it('without a user has none', () => {
    for (const text of ['', '\n\n', '# nobody\n// at all']) expect(pairsOf(text)).toEqual([]);
  });
});

describe('CVE-2018-12551: a line that is not valid refuses the file and is no user', () => {
  it.each([
    ['a name alone', 'canary', 'there is no ":" behind the user name'],
    ['a password alone', ': canary', 'there is no user name'],
    ['an empty name', '"": "canary"', 'the user name is empty'],
    ['an empty password', '"a": ""', 'the password is empty'],
    ['no password', '"a":', 'the password needs quotes'],
    ['a missing quotation mark', '"a": "canary', 'a quotation mark is missing'],
    ['a quotation mark behind a backslash', '"a": "canary\\"', 'a quotation mark is missing'],
    ['an escape that is none', '"a": "\\canary"', 'a quoted text is not valid'],
    ['more than a password', '"a": "b" "canary"', 'there is something behind the password'],
    ['two users on one line', '"a": "b", "canary": "d"', 'there is something behind the password'],
    ['a blank in a plain password', 'a: b canary', 'there is something behind the password'],
    ['another separator', '"a" canary', 'there is no ":" behind the user name'],
    ['a truncated hash', 'a:$7$101$c2FsdHNhbHRzYWx0$canary', 'salt or hash of the PBKDF2 entry is not valid'],
    ['a hash without its last field', 'a:$7$101$c2FsdHNhbHRzYWx0', 'the password needs quotes'],
    ['a control character', '"a\\u0007": "canary"', 'the user name has a control character'],
    ['a user twice', 'ok: canary', 'the user is on line 1, too'],
    ['an object', '"a": {"canary": 1}', 'the password needs quotes'],
  ])('%s', (_, line, fault) => {
    const read = () => parsePasswordFile(`ok: fine\n${line}\n`, '/etc/pwd.conf');
    expect(read).toThrow(`/etc/pwd.conf:2: a line of the password file is not valid: ${fault}`);
    expect(read).not.toThrow(/canary/);
  });

  it('whatever was done to a file, it is refused or has the users that HOCON finds in it', () => {
    const whole = '"admin": "public"\n"c:1": "se\\"cret", # x\nplain = word\n';
    const mangled = fc
      .tuple(
        fc.nat(whole.length),
        fc.nat(4),
        fc.string({ unit: fc.constantFrom('"', ':', '=', '\n', '\\', 'x', ' ', '#', ',') }),
      )
      .map(([at, cut, piece]) => whole.slice(0, at) + piece + whole.slice(at + cut));
    fc.assert(
      fc.property(mangled, (text) => {
        let users: [string, string][];
        try {
          users = pairsOf(text).map(([username, password]) => [username, password]);
        } catch (error) {
          expect(error).toBeInstanceOf(AuthError);
          return;
        }
        // Their order says nothing, and objects have one of their own.
        expect(new Map(users)).toEqual(new Map(usersByConfig(text)));
      }),
      { numRuns: 500 },
    );
  });
});

it('a line that is written is read again', () => {
  const text = fc.string({ minLength: 1, unit: 'grapheme' });
  fc.assert(
    fc.property(text, text, (username, password) => {
      let read: readonly { username: string; password: string }[];
      try {
        read = parsePasswordFile(formatPasswordLine({ username, password }), 'f');
      } catch (error) {
        // Names with control characters, and what looks like a hash.
        expect((error as AuthError).code).toBe('PASSWORD_FILE_INVALID');
        return;
      }
      expect(read).toMatchObject([{ username, password }]);
    }),
  );
});

/** The same text as the broker's configuration reads it. */
function usersByConfig(text: string): [string, string][] {
  const file = { text: `auth.password {\n${text}\n}`, file: 'nanomq.conf', env: {}, flags: {}, cwd: '/nonexistent' };
  return loadConfig(file).config.auth.users.map(({ username, password }) => [username, password]);
}
