import type { Cursor } from './cursor.ts';
import { formatPath, readKeyPath } from './key-path.ts';
import type { SubstitutionNode } from './syntax-tree.ts';

/**
 * Reads `${path}` or `${?path}`; the cursor stands on the `$`.
 * @throws ConfigError SUBSTITUTION_INVALID
 */
export function readSubstitution(cursor: Cursor): SubstitutionNode {
  const at = cursor.position();
  cursor.index += 2;
  const optional = cursor.peek() === '?';
  if (optional) cursor.index++;
  cursor.takeBlanks();
  const path = readKeyPath(cursor);
  cursor.takeBlanks();
  if (cursor.peek() !== '}') cursor.fail('SUBSTITUTION_INVALID', `found ${cursor.found} in place of "}"`);
  cursor.index++;
  return { kind: 'substitution', at, path, name: formatPath(path), optional };
}
