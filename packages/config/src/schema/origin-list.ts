import type { ValueKind } from './setting.ts';
import { readWith } from './value-kinds.ts';

/**
 * Web origins as browsers send them (RFC 6454, 6.2): scheme, host and a port that is not the scheme's own. One text
 * with commas or blanks between them is taken as well. They come out in lower case.
 */
export const originList: ValueKind<readonly string[]> = readWith('list of origins', (found) => {
  const words: unknown = typeof found === 'string' ? found.split(/[\s,]+/).filter((word) => word !== '') : found;
  const value = Array.isArray(words) ? words.map(originOf) : [undefined];
  return value.every((origin) => origin !== undefined)
    ? { value }
    : { code: 'VALUE_INVALID', allowed: 'a list of origins, such as ["https://example.org", "http://localhost:3000"]' };
});

function originOf(found: unknown): string | undefined {
  if (typeof found !== 'string' || !URL.canParse(found)) return undefined;
  const { origin, pathname, search, hash, username, password } = new URL(found);
  // A path or a wildcard would never match, and its writer would believe it did.
  const isMore =
    pathname.length > 1 || found.endsWith('/') || search !== '' || hash !== '' || username + password !== '';
  return origin === 'null' || isMore || origin.includes('*') ? undefined : origin;
}
