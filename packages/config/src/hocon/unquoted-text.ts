import { type Cursor, isBlank } from './cursor.ts';

const ENDS = new Set(['', '\n', ',', '{', '}', '[', ']', '"', '#']);
const NEEDS_QUOTES = new Set(['\\', '`', '^']);

/** What stands directly before a word: it decides whether the word may have a `:`. */
export type WordContext = 'first' | 'after-substitution' | 'after-blank' | 'after-value';

/**
 * Reads one word without quotes in the place of a value: numbers, names, IP addresses, paths, URLs.
 *
 * A `:` is text in `0.0.0.0:1883` or `http://host`, but in `a = 1 b: 2` it shows a forgotten separator.
 * So a word may have one only where no other value stands before it, and only directly followed by more text.
 * @returns the text, never empty
 * @throws ConfigError SYNTAX_UNEXPECTED, COMMENT_AMBIGUOUS
 */
export function readUnquoted(cursor: Cursor, context: WordContext): string {
  const start = cursor.index;
  if (cursor.peek() === "'") cursor.fail('SYNTAX_UNEXPECTED', 'use double quotes');
  while (!atWordEnd(cursor, start)) {
    const c = cursor.peek();
    if (NEEDS_QUOTES.has(c)) cursor.fail('SYNTAX_UNEXPECTED', `text with ${c} needs double quotes`);
    if (c === '$') cursor.fail('SYNTAX_UNEXPECTED', 'text with $ needs double quotes');
    if (c === '=' && !cursor.text.slice(start, cursor.index).includes('://'))
      cursor.fail('SYNTAX_UNEXPECTED', 'a value ends before "="; text with = needs double quotes');
    if (c === ':') checkColon(cursor, context);
    cursor.index++;
  }
  if (cursor.index === start) cursor.fail('SYNTAX_UNEXPECTED', `found ${cursor.found}`);
  return cursor.text.slice(start, cursor.index);
}

function atWordEnd(cursor: Cursor, start: number): boolean {
  const c = cursor.peek();
  if (c === '/' && cursor.peek(1) === '/') return isCommentHere(cursor, start);
  if (c === '#' && cursor.index > start && cursor.peek(-1) === '/') {
    // `topic = a/#`: a comment by HOCON's rule, a topic filter by the writer's.
    cursor.fail('COMMENT_AMBIGUOUS');
  }
  return ENDS.has(c) || isBlank(c) || (c === '$' && cursor.peek(1) === '{');
}

function isCommentHere(cursor: Cursor, start: number): boolean {
  if (cursor.index === start) return true;
  if (cursor.peek(-1) === ':') return false;
  const next = cursor.peek(2);
  if (next !== '' && next !== '\n' && !isBlank(next)) cursor.fail('COMMENT_AMBIGUOUS');
  return true;
}

function checkColon(cursor: Cursor, context: WordContext): void {
  const next = cursor.peek(1);
  const isFollowed = !ENDS.has(next) && !isBlank(next);
  if ((context === 'first' || context === 'after-substitution') && isFollowed) return;
  cursor.fail('SYNTAX_UNEXPECTED', 'a ":" here; separate the fields with a comma or a new line, or use double quotes');
}
