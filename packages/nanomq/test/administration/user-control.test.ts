import { chmodSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HashWorkers, verifyPassword } from '@nanomq-ts/auth';
import { describe, expect, it } from 'vitest';
import { UserControl } from '../../src/administration/user-control.ts';
import { type OpenedControl, openControl, type PreparingOptions } from '../configuration/opened-control.ts';

const SECRET = 'canary-p4ssword';
const INCLUDED = 'auth.password { include "users.conf" }\n';

interface OpenedUsers extends OpenedControl {
  readonly users: UserControl;
  readonly options: PreparingOptions;
  /** Text of the password file. */
  passwordFile(): string;
  /** Names and entries that hold now. */
  entries(): Record<string, string>;
}

/** @param list  content of the password file; null: there is none */
function openUsers(text: string, list: string | null = null): OpenedUsers {
  const options: PreparingOptions = list === null ? {} : { files: { 'users.conf': list } };
  const opened = openControl(text, {}, [], options);
  const path = join(dirname(opened.file), 'users.conf');
  return {
    ...opened,
    options,
    users: new UserControl(opened.control),
    passwordFile: () => readFileSync(path, 'utf8'),
    entries: () =>
      Object.fromEntries(opened.current.accepted.config.auth.users.map((user) => [user.username, user.password])),
  };
}

async function isPassword(entry: string | undefined, password: string): Promise<boolean> {
  return verifyPassword(entry ?? '', password, new HashWorkers());
}

describe('users of a password file', () => {
  const LIST = '# of the operator\n"anna": "plain-1" # keep\n"ben": "plain-2"\n';

  it('a new one is added there, hashed; the configuration file is not touched', async () => {
    const opened = openUsers(INCLUDED, LIST);
    expect(await opened.users.add('carl/+ "x"', SECRET)).toBe('added');
    expect(opened.passwordFile()).toMatch(/^# of the operator\n"anna": "plain-1" # keep\n"ben": "plain-2"\n"carl/);
    expect(opened.passwordFile()).not.toContain(SECRET);
    expect(opened.read()).toBe(INCLUDED);
    expect(await isPassword(opened.entries()['carl/+ "x"'], SECRET)).toBe(true);
    expect(await opened.users.users()).toEqual([
      { username: 'anna', storage: 'plain' },
      { username: 'ben', storage: 'plain' },
      { username: 'carl/+ "x"', storage: 'hashed' },
    ]);
  });

  it('changing and deleting leave every other line alone', async () => {
    const opened = openUsers(INCLUDED, LIST);
    expect(await opened.users.changePassword('ben', SECRET, 'plain-2')).toBe('changed');
    expect(await isPassword(opened.entries().ben, SECRET)).toBe(true);
    expect(await opened.users.changePassword('ben', 'other', SECRET)).toBe('changed');
    expect(await opened.users.delete('ben')).toBe('deleted');
    expect(opened.passwordFile()).toBe('# of the operator\n"anna": "plain-1" # keep\n');
    expect(Object.keys(opened.entries())).toEqual(['anna']);
  });

  it('keeps the mode of the file', async () => {
    const opened = openUsers(INCLUDED, LIST);
    chmodSync(join(dirname(opened.file), 'users.conf'), 0o640);
    await opened.users.add('carl', SECRET);
    expect(statSync(join(dirname(opened.file), 'users.conf')).mode & 0o777).toBe(0o640);
  });

  it('a configuration that is wrong meanwhile refuses the change, and the password file is as before', async () => {
    const opened = openUsers(INCLUDED, LIST);
    opened.write(`${INCLUDED}mqtt.retry_interval = soon\n`);
    await expect(opened.users.add('carl', SECRET)).rejects.toMatchObject({ name: 'ChangeRefused', kind: 'invalid' });
    expect(opened.passwordFile()).toBe(LIST);
    expect(Object.keys(opened.entries())).toEqual(['anna', 'ben']);
  });

  it('what the broker cannot put in force takes the file back', async () => {
    const opened = openUsers(INCLUDED, LIST);
    opened.options.refuse = new Error('boom');
    await expect(opened.users.add('carl', SECRET)).rejects.toThrow('boom');
    expect(opened.passwordFile()).toBe(LIST);
  });

  it('a password file that cannot be written refuses the change, as a fault of the file', async () => {
    // Root may write anywhere, but the temporary file beside it would have a name that is too long.
    const name = `${'u'.repeat(240)}.conf`;
    const options = { files: { [name]: LIST } };
    const { control, file } = openControl(`auth.password { include "${name}" }\n`, {}, [], options);
    const refused = {
      name: 'ChangeRefused',
      kind: 'file',
      message: expect.stringContaining('cannot be written: ENAMETOOLONG'),
    };
    await expect(new UserControl(control).add('carl', SECRET)).rejects.toMatchObject(refused);
    expect(readFileSync(join(dirname(file), name), 'utf8')).toBe(LIST);
  });

  it('a file that is more than a list of users stays as it is; the configuration file overrides it', async () => {
    const before = 'anna = plain-0\nanna = "plain-1"\n';
    const opened = openUsers(INCLUDED, before);
    expect(await opened.users.changePassword('anna', SECRET, null)).toBe('changed');
    expect(opened.passwordFile()).toBe(before);
    expect(await isPassword(opened.entries().anna, SECRET)).toBe(true);
  });

  it('many changes at once are carried out one after the other', async () => {
    const opened = openUsers(INCLUDED, LIST);
    const names = ['c1', 'c2', 'c3', 'c1'];
    const outcomes = await Promise.all(names.map((name) => opened.users.add(name, SECRET)));
    expect(outcomes).toEqual(['added', 'added', 'added', 'exists']);
    expect(Object.keys(opened.entries())).toEqual(['anna', 'ben', 'c1', 'c2', 'c3']);
  });
});

describe('users of the configuration file, or of none', () => {
  it('are written there, hashed, and comments stay', async () => {
    const opened = openUsers('# mine\nauth.password { anna = "plain-1" }\n');
    expect(await opened.users.add('ben', SECRET)).toBe('added');
    expect(opened.read()).toMatch(/^# mine\nauth\.password \{ anna = "plain-1", ben = "\$scrypt\$/);
    expect(await opened.users.delete('anna')).toBe('deleted');
    expect(Object.keys(opened.entries())).toEqual(['ben']);
  });

  it('the first user of all turns the check of passwords on', async () => {
    const opened = openUsers('mqtt.max_connections = 5\n');
    expect(await opened.users.users()).toEqual([]);
    await opened.users.add('ben', SECRET);
    expect(opened.current.accepted.config.auth.usesPasswords).toBe(true);
    expect(opened.read()).not.toContain(SECRET);
  });
});

describe('refusals change nothing', () => {
  it.each(['', 'a\u0000b', 'line\nfeed', '__proto__', 'constructor'])('the name %j', async (username) => {
    const opened = openUsers(INCLUDED, '"anna": "plain-1"\n');
    expect(await opened.users.add(username, SECRET)).toMatchObject({ refused: 'invalid' });
    expect(opened.passwordFile()).toBe('"anna": "plain-1"\n');
  });

  it('unknown, known, and a wrong old password', async () => {
    const opened = openUsers(INCLUDED, '"anna": "plain-1"\n');
    expect(await opened.users.add('anna', SECRET)).toBe('exists');
    expect(await opened.users.changePassword('ben', SECRET, null)).toBe('unknown');
    expect(await opened.users.changePassword('anna', SECRET, 'plain-2')).toBe('wrong-old-password');
    expect(await opened.users.delete('ben')).toBe('unknown');
    expect(opened.passwordFile()).toBe('"anna": "plain-1"\n');
  });

  // biome-ignore lint/suspicious/noTemplateCurlyInString: a substitution of HOCON, were it not text
  it.each(['${HOME}', '"quoted"', 'back\\slash', '😀 ünï', ' blanks ', '<b>&', 'a.b', '$share/x'])(
    'the name %j is a name like any other',
    async (username) => {
      for (const list of ['"anna": "plain-1"\n', null]) {
        const opened = openUsers(list === null ? '' : INCLUDED, list);
        expect(await opened.users.add(username, SECRET)).toBe('added');
        expect(opened.entries()[username]).toMatch(/^\$scrypt\$/);
        expect(await opened.users.delete(username)).toBe('deleted');
        expect(opened.entries()).toEqual(list === null ? {} : { anna: 'plain-1' });
      }
    },
  );
});
