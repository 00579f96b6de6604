import type { Cursor } from './cursor.ts';
import { readQuoted } from './quoted-text.ts';
import type { IncludeNode } from './syntax-tree.ts';

const STARTS_INCLUDE = /include[\t ]*(?:"|(?:file|required|url|classpath|package)[\t ]*\()/y;

/** Does an include begin here? `include = 1` and `a = include me` are not one. */
export function atInclude(cursor: Cursor): boolean {
  STARTS_INCLUDE.lastIndex = cursor.index;
  return STARTS_INCLUDE.test(cursor.text);
}

/**
 * Reads `include "f"`, `include file("f")`, `include required("f")` or `include required(file("f"))`.
 * A missing file is an error with and without `required`: an operator wants to know.
 * @throws ConfigError INCLUDE_INVALID
 */
export function readInclude(cursor: Cursor): IncludeNode {
  const at = cursor.position();
  cursor.index += 'include'.length;
  cursor.takeBlanks();
  let open = 0;
  for (const word of ['required', 'file']) {
    if (!cursor.startsWith(word)) continue;
    cursor.index += word.length;
    cursor.takeBlanks();
    if (cursor.peek() !== '(') cursor.fail('INCLUDE_INVALID');
    cursor.index++;
    cursor.takeBlanks();
    open++;
  }
  if (cursor.peek() !== '"') cursor.fail('INCLUDE_INVALID');
  const target = readQuoted(cursor);
  for (; open > 0; open--) {
    cursor.takeBlanks();
    if (cursor.peek() !== ')') cursor.fail('INCLUDE_INVALID', 'a ")" is missing');
    cursor.index++;
  }
  return { kind: 'include', at, target };
}
