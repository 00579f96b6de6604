import type { Cursor } from './cursor.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * Reads `"text"` with JSON escapes or `"""text"""` without any; the cursor stands on the first quote.
 * `${` inside is plain text. A raw line end inside single quotes is kept, as NanoMQ keeps it.
 * @throws ConfigError STRING_UNTERMINATED, ESCAPE_INVALID
 */
export function readQuoted(cursor: Cursor): string {
  return cursor.startsWith('"""') ? readTripleQuoted(cursor) : readSingleQuoted(cursor);
}

function readSingleQuoted(cursor: Cursor): string {
  const start = cursor.index++;
  let result = '';
  let spansLines = false;
  for (;;) {
    if (cursor.atEnd) cursor.fail('STRING_UNTERMINATED', undefined, start);
    const c = cursor.peek();
    if (c === '"') break;
    if (c === '\n') spansLines = true;
    if (c === '\\') {
      result += readEscape(cursor);
    } else {
      result += c;
      cursor.index++;
    }
  }
  cursor.index++;
  if (spansLines) cursor.multilineQuote = cursor.position(start);
  return result;
}

function readTripleQuoted(cursor: Cursor): string {
  const start = cursor.index;
  let end = cursor.text.indexOf('"""', start + 3);
  if (end === -1) cursor.fail('STRING_UNTERMINATED', undefined, start);
  // HOCON: of more than three quotes at the end, the last three close and the others are text.
  while (cursor.text.charAt(end + 3) === '"') end++;
  cursor.index = end + 3;
  return cursor.text.slice(start + 3, end);
}

function readEscape(cursor: Cursor): string {
  const letter = cursor.peek(1);
  if (letter === 'u') {
    const hex = cursor.text.slice(cursor.index + 2, cursor.index + 6);
    if (!/^[0-9a-fA-F]{4}$/.test(hex)) cursor.fail('ESCAPE_INVALID', 'after \\u four hexadecimal digits follow');
    cursor.index += 6;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }
  const text = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
  if (text === undefined) cursor.fail('ESCAPE_INVALID', 'known are \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX');
  cursor.index += 2;
  return text;
}
