import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.ts';
import type { PasswordInput } from '../../src/cli/read-password.ts';
import { type FakeSurroundings, fakeSurroundings, temporaryFolder } from './fake-surroundings.ts';

const HASHED = /^"ann": "\$scrypt\$ln=15,r=8,p=1\$[^$"]+\$[^$"]+"$/m;

/** A terminal at which somebody types. */
function terminal(typed: string): PasswordInput {
  return Object.assign(new PassThrough().end(typed), { isTTY: true });
}

/** Runs `nanomq passwd` in a folder where `users` holds `text`. */
function passwd(words: string, text: string | null = null, stdin: PasswordInput = Readable.from([])) {
  const cwd = temporaryFolder();
  const file = join(cwd, 'users');
  if (text !== null) writeFileSync(file, text);
  const around: FakeSurroundings = fakeSurroundings({}, { cwd, stdin });
  const code = runCommandLine(['passwd', ...words.split(' ')], around);
  return { code, around, file, read: () => readFileSync(file, 'utf8') };
}

describe('nanomq passwd', () => {
  it.each([
    ['the first line of stdin', 'users ann', Readable.from(['canary\nrest\n'])],
    ['a terminal, asked twice', 'users ann', terminal('canary\rcanary\r')],
    ['the command line', '-b users ann canary', Readable.from([])],
  ])('adds a user with a password from %s, hashed, in a file for its owner alone', async (_, words, stdin) => {
    const { code, around, file, read } = passwd(words, null, stdin);
    expect(await code).toBe(0);
    expect(around.out()).toBe('user ann added to users\n');
    expect(read()).toMatch(HASHED);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(around.out() + around.err() + read()).not.toContain('canary');
  });

  it('changes a user and leaves every other line alone', async () => {
    const { code, around, read } = passwd('-b users ann new', '# kept\n"bob": "x"\n"ann": "old"\n');
    expect(await code).toBe(0);
    expect(around.out()).toBe('user ann changed in users\n');
    expect(read()).toMatch(HASHED);
    expect(read()).toMatch(/^# kept\n"bob": "x"\n"ann"/);
  });

  it('deletes a user', async () => {
    const { code, around, read } = passwd('-D users ann', '"bob": "x"\n"ann": "old"\n');
    expect(await code).toBe(0);
    expect(around.out()).toBe('user ann deleted from users\n');
    expect(read()).toBe('"bob": "x"\n');
  });

  it('says that the user to delete is not there, with exit code 1', async () => {
    const { code, around } = passwd('-D users ann', '"bob": "x"\n');
    expect(await code).toBe(1);
    expect(around.err()).toBe('user ann is not in users\n');
  });

  it.each([
    ['two passwords that differ', 'users ann', terminal('one\rtwo\r'), /the two passwords differ/],
    ['a terminal that is closed', 'users ann', terminal(''), /no password was given/],
    ['Ctrl-C', 'users ann', terminal('one\r\u0003'), /no password was given/],
    ['an empty stdin', 'users ann', Readable.from([]), /no password was given/],
    ['an empty password', 'users ann', Readable.from(['\n']), /the password is empty/],
    ['a password without -b', 'users ann canary', Readable.from([]), /with -b, and only then/],
    ['-b without a password', '-b users ann', Readable.from([]), /with -b, and only then/],
    ['-b and -D', '-b -D users ann canary', Readable.from([]), /with -b, and only then/],
    ['no user name', 'users', Readable.from([]), /missing required argument 'user'/],
    ['a user name with a control character', '-b users a\u0007b x', Readable.from([]), /control character/],
  ])('refuses %s; there is no file then', async (_, words, stdin, expected) => {
    const { code, around, file } = passwd(words, null, stdin);
    expect(await code).toBe(1);
    expect(around.err()).toMatch(expected);
    expect(around.err()).not.toContain('canary');
    expect(existsSync(file)).toBe(false);
  });

  it('refuses a damaged file with the place, and leaves it as it is', async () => {
    const { code, around, read } = passwd('-b users ann x', '"bob": "x"\nodd line\n');
    expect(await code).toBe(1);
    expect(around.err()).toMatch(/^nanomq: \S+users:2: a line of the password file is not valid/);
    expect(read()).toBe('"bob": "x"\nodd line\n');
  });
});
