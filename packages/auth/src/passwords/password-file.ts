import { AuthError } from '../auth-error.ts';
import type { UserSettings } from '../auth-settings.ts';
import { parseStoredPassword } from './stored-password.ts';
import { usernameFault } from './user-list.ts';

/** A user and the line that has it. */
export interface PasswordLine extends UserSettings {
  /** From 1. */
  readonly line: number;
}

/**
 * Reads a password file: one user a line, `"user": "password"` as NanoMQ has it (`=` in place of `:`, quotes left out
 * where the text is plain, a comma at the end) or `user:$7$...` as `mosquitto_passwd` writes it; empty lines, comments
 * that begin with `#` or `//`, and one pair of braces around it all. Any other line refuses the whole file.
 * @param name  of the file, for messages
 * @throws AuthError PASSWORD_FILE_INVALID with the place; it quotes nothing of the line
 */
export function parsePasswordFile(text: string, name: string): readonly PasswordLine[] {
  const found: PasswordLine[] = [];
  const seen = new Map<string, number>();
  for (const [i, raw] of linesOf(text).entries()) {
    const line = i + 1;
    const fail = (fault: string): never => {
      throw new AuthError('PASSWORD_FILE_INVALID', fault, { file: name, line });
    };
    const content = raw.trim();
    if (content === '' || isComment(content) || content === '{' || content === '}') continue;
    const pair = parseLine(content);
    if (typeof pair === 'string') return fail(pair);
    const fault = usernameFault(pair.username);
    if (fault !== '') fail(fault);
    const stored = parseStoredPassword(pair.password);
    if (typeof stored === 'string') fail(stored);
    const before = seen.get(pair.username);
    if (before !== undefined) fail(`the user is on line ${before}, too`);
    seen.set(pair.username, line);
    found.push({ ...pair, line });
  }
  return found;
}

/** The lines without their ends; a byte order mark is none of the first. */
export function linesOf(text: string): readonly string[] {
  return text.replace(/^\ufeff/, '').split(/\r?\n/);
}

/** A line as this file is written: JSON texts, which HOCON reads the same. */
export function formatPasswordLine({ username, password }: UserSettings): string {
  return `${JSON.stringify(username)}: ${JSON.stringify(password)}`;
}

/** @returns the pair, or a text that names the fault */
function parseLine(line: string): UserSettings | string {
  const user = line.startsWith('"') ? quoted(line) : bare(line);
  if (typeof user === 'string') return user;
  const rest = line.slice(user.end).trimStart();
  if (!rest.startsWith(':') && !rest.startsWith('=')) return 'there is no ":" behind the user name';
  const value = rest.slice(1).trimStart();
  const password = value.startsWith('"') ? quoted(value) : bareValue(value);
  if (typeof password === 'string') return password;
  const tail = value.slice(password.end).trim();
  const isOver =
    tail === '' || tail === ',' || isComment(tail) || (tail.startsWith(',') && isComment(tail.slice(1).trim()));
  if (!isOver) return 'there is something behind the password';
  return { username: user.text, password: password.text };
}

interface Piece {
  readonly text: string;
  /** Offset behind it. */
  readonly end: number;
}

/** A JSON text at the beginning of `line`. */
function quoted(line: string): Piece | string {
  let end = 1;
  while (end < line.length && line[end] !== '"') end += line[end] === '\\' ? 2 : 1;
  if (end >= line.length) return 'a quotation mark is missing';
  try {
    return { text: JSON.parse(line.slice(0, end + 1)) as string, end: end + 1 };
  } catch {
    return 'a quoted text is not valid';
  }
}

/** A user name without quotes: letters, digits, `_`, `-`, `.`, `@`. */
function bare(line: string): Piece | string {
  const text = /^[\p{L}\p{N}_.@-]+/u.exec(line)?.[0];
  return text === undefined ? 'there is no user name' : { text, end: text.length };
}

/** A password without quotes: a hash as `mosquitto_passwd` writes it, or what HOCON takes without quotes. */
function bareValue(value: string): Piece | string {
  const text =
    /^\$7\$[0-9]+\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+/.exec(value)?.[0] ?? /^[\p{L}\p{N}_.-]+/u.exec(value)?.[0];
  return text === undefined ? 'the password needs quotes' : { text, end: text.length };
}

function isComment(text: string): boolean {
  return text.startsWith('#') || text.startsWith('//');
}
