import { isIP } from 'node:net';
import type { ValueKind } from './setting.ts';
import { readWith } from './value-kinds.ts';

/** Is this an IP address, or a network such as `10.0.0.0/8`? */
export function isNetwork(text: string): boolean {
  const [, address = '', prefix] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && (prefix === undefined || Number(prefix) <= (version === 4 ? 32 : 128));
}

/** IP addresses and networks; one text with commas or blanks between them is taken as well. */
export const networkList: ValueKind<readonly string[]> = readWith('list of networks', (found) => {
  const words: unknown = typeof found === 'string' ? found.split(/[\s,]+/).filter((word) => word !== '') : found;
  const isList = Array.isArray(words) && words.every((word) => typeof word === 'string' && isNetwork(word));
  return isList
    ? { value: words as readonly string[] }
    : { code: 'VALUE_INVALID', allowed: 'a list of IP addresses and networks, such as ["127.0.0.1", "10.0.0.0/8"]' };
});
