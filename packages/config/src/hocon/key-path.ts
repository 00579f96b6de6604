import { type Cursor, isBlank, MAX_NESTING } from './cursor.ts';
import { readQuoted } from './quoted-text.ts';

/** Names that would reach an object's prototype if a careless reader assigned them. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);
const KEY_END = new Set(['', '\n', '{', '}', '[', ']', ':', '=', ',', '+', '#', '.', '"']);
const NEEDS_QUOTES = new Set(['$', '`', '^', '?', '!', '@', '*', '&', '\\', "'"]);

/**
 * Reads a dotted path such as `mqtt.retry_interval` or `auth.password."a.b"`; a quoted element keeps its dots.
 * @returns the elements, at least one
 * @throws ConfigError KEY_INVALID, KEY_FORBIDDEN, NESTING_TOO_DEEP
 */
export function readKeyPath(cursor: Cursor): string[] {
  const path: string[] = [];
  do {
    if (path.length > 0) cursor.index++;
    const start = cursor.index;
    const name = readElement(cursor);
    if (FORBIDDEN.has(name)) cursor.fail('KEY_FORBIDDEN', name, start);
    path.push(name);
    if (path.length > MAX_NESTING) cursor.fail('NESTING_TOO_DEEP');
  } while (cursor.peek() === '.');
  return path;
}

/** Is this a name no key may have? */
export function isForbiddenName(name: string): boolean {
  return FORBIDDEN.has(name);
}

/** A path as one text; elements with dots, blanks or quotes, or empty ones, are quoted. */
export function formatPath(path: readonly string[]): string {
  return path.map((name) => (/^[^\s."]+$/.test(name) ? name : JSON.stringify(name))).join('.');
}

function readElement(cursor: Cursor): string {
  if (cursor.peek() === '"') return readQuoted(cursor);
  const start = cursor.index;
  while (!KEY_END.has(cursor.peek()) && !isBlank(cursor.peek()) && !cursor.startsWith('//')) {
    if (NEEDS_QUOTES.has(cursor.peek())) cursor.fail('KEY_INVALID', `found ${cursor.found}`);
    cursor.index++;
  }
  if (cursor.index === start) cursor.fail('KEY_INVALID', `found ${cursor.found}`);
  return cursor.text.slice(start, cursor.index);
}
