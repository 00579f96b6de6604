import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changePasswordFile, editPasswordText } from '../../src/passwords/edit-password-file.ts';
import { hashPassword } from '../../src/passwords/hash-password.ts';
import { parsePasswordFile } from '../../src/passwords/password-file.ts';
import { MOSQUITTO_LINES } from './known-hashes.ts';

const set = (username: string, password: string) => ({ kind: 'set', username, password }) as const;
const del = (username: string) => ({ kind: 'delete', username }) as const;

describe('a text of users', () => {
  it.each([
    ['an empty text gets a first line', '', set('a', 'x'), '"a": "x"\n', 'added'],
    ['a new user comes last', '# top\n"a": "x"\n', set('b', 'y'), '# top\n"a": "x"\n"b": "y"\n', 'added'],
    ['a text without a line end gets one', '"a": "x"', set('b', 'y'), '"a": "x"\n"b": "y"\n', 'added'],
    ['a new user comes into the braces', '{\n"a": "x"\n}\n', set('b', 'y'), '{\n"a": "x"\n"b": "y"\n}\n', 'added'],
    ['line ends stay as they are', '"a": "x"\r\n', set('b', 'y'), '"a": "x"\r\n"b": "y"\r\n', 'added'],
    [
      'a user is changed in its place',
      '# c\na = x # old\n"b": "y"\n',
      set('a', 'z'),
      '# c\n"a": "z"\n"b": "y"\n',
      'changed',
    ],
    ['a user is deleted, comments stay', '# c\n"a": "x"\n# d\n"b": "y"\n', del('a'), '# c\n# d\n"b": "y"\n', 'deleted'],
    ['a user who is not there is not found', '"a": "x"\n', del('b'), '"a": "x"\n', 'not found'],
    ['quotes and backslashes are escaped', '', set('a"b', '\\"'), '"a\\"b": "\\\\\\""\n', 'added'],
  ])('%s', (_, text, change, edited, result) => {
    expect(editPasswordText(text, change, 'f')).toEqual({ text: edited, result });
  });

  it('keeps the lines of mosquitto_passwd', () => {
    const text = MOSQUITTO_LINES.map(([, , line]) => `${line}\n`).join('');
    const { text: edited } = editPasswordText(text, set('new', 'x'), 'f');
    expect(edited).toBe(`${text}"new": "x"\n`);
    expect(parsePasswordFile(edited, 'f')).toHaveLength(4);
  });

  it.each([
    ['a name that is none', '', set('', 'x'), 'PASSWORD_ENTRY_INVALID'],
    ['a name that would begin a line of its own', '', set('a\n"b', 'x'), 'PASSWORD_ENTRY_INVALID'],
    ['a password that is none', '', set('a', ''), 'PASSWORD_ENTRY_INVALID'],
    ['a hash that is none', '', set('a', '$7$x$y$z'), 'PASSWORD_ENTRY_INVALID'],
    ['a file with a line that is not valid', 'canary\n', set('a', 'x'), 'PASSWORD_FILE_INVALID'],
  ])('refuses %s', (_, text, change, code) => {
    expect(() => editPasswordText(text, change, 'f')).toThrow(expect.objectContaining({ code }));
  });
});

describe('a file of users', () => {
  let folder = '';
  const path = () => join(folder, 'pwd.conf');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nanomq-pwd-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is made for its owner alone, and changed', async () => {
    expect(await changePasswordFile(path(), set('a', await hashPassword('x')))).toBe('added');
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(await changePasswordFile(path(), set('a', 'y'))).toBe('changed');
    expect(await changePasswordFile(path(), set('b', 'z'))).toBe('added');
    expect(await changePasswordFile(path(), del('a'))).toBe('deleted');
    expect(readFileSync(path(), 'utf8')).toBe('"b": "z"\n');
    expect(readdirSync(folder)).toEqual(['pwd.conf']);
  });

  it('keeps its mode and stays behind its symbolic link', async () => {
    const target = join(folder, 'real.conf');
    writeFileSync(target, '"a": "x"\n');
    chmodSync(target, 0o640);
    symlinkSync(target, path());
    await changePasswordFile(path(), set('a', 'y'));
    expect(lstatSync(path()).isSymbolicLink()).toBe(true);
    expect(readFileSync(target, 'utf8')).toBe('"a": "y"\n');
    expect(statSync(target).mode & 0o777).toBe(0o640);
  });

  it('that is not valid stays as it is', async () => {
    writeFileSync(path(), 'canary canary\n');
    await expect(changePasswordFile(path(), set('a', 'x'))).rejects.toMatchObject({ code: 'PASSWORD_FILE_INVALID' });
    expect(readFileSync(path(), 'utf8')).toBe('canary canary\n');
  });

  it('is not made by deleting', async () => {
    expect(await changePasswordFile(path(), del('a'))).toBe('not found');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('that cannot be read or written leaves nothing behind', async () => {
    await expect(changePasswordFile(folder, set('a', 'x'))).rejects.toThrow(/cannot be read: EISDIR/);
    const nowhere = join(folder, 'no', 'pwd.conf');
    await expect(changePasswordFile(nowhere, set('a', 'canary'))).rejects.toThrow(/cannot be written: ENOENT/);
    expect(readdirSync(folder)).toEqual([]);
  });
});
