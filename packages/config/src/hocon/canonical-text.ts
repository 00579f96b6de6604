import parseHocon from 'hocon-parser';
import { configError } from '../config-error.ts';
import type { ResolvedSection, ResolvedValue } from './resolved-value.ts';

/** A plain JavaScript value, as JSON knows them. Sections are plain objects in the order of their keys. */
export type HoconValue = string | number | boolean | null | readonly HoconValue[] | HoconSection;

/** A section as a plain object. */
export interface HoconSection {
  readonly [key: string]: HoconValue;
}

/** Substitutions can multiply values; a configuration with more than this is not one. */
const MAX_VALUES = 500_000;
const MAX_CHARACTERS = 64 * 1024 * 1024;

/**
 * Writes a resolved configuration as text that hocon-parser 1.0.1 reads without any of its faults.
 *
 * It calls `eval` on every string that is exactly `${...}`, drops backslashes, splits quoted keys at dots and
 * assigns `__proto__`. So every key becomes `"k" + name`, every scalar a quoted text of a type letter and its
 * value, and every character outside `A-Z a-z 0-9 _ -` becomes `%` and four hexadecimal digits: no `$`, quote,
 * backslash, dot or comment sign reaches it.
 * @throws ConfigError EXPANSION_TOO_LARGE
 */
export function writeCanonical(root: ResolvedSection): string {
  const chunks: string[] = [];
  let values = 0;
  let characters = 0;
  const put = (text: string): void => {
    characters += text.length;
    if (characters > MAX_CHARACTERS) throw configError('EXPANSION_TOO_LARGE', { kind: 'file', ...root.at });
    chunks.push(text);
  };
  const write = (value: ResolvedValue): void => {
    if (++values > MAX_VALUES) throw configError('EXPANSION_TOO_LARGE', { kind: 'file', ...value.at });
    if (value.kind === 'scalar') {
      put(`"${encodeScalar(value.value)}"`);
    } else if (value.kind === 'list') {
      put('[');
      for (const item of value.items) {
        write(item);
        put(',');
      }
      put(']');
    } else {
      put('{');
      for (const [key, member] of value.members) {
        put(`"k${encodeText(key)}":`);
        write(member);
        put(',');
      }
      put('}');
    }
  };
  write(root);
  return chunks.join('');
}

/** Reads canonical text through hocon-parser and takes the encoding away again. */
export function readCanonical(text: string): HoconSection {
  return decodeValue(parseHocon(text)) as HoconSection;
}

function encodeScalar(value: string | number | boolean | null): string {
  if (value === null) return 'z';
  if (typeof value === 'string') return `s${encodeText(value)}`;
  return (typeof value === 'number' ? 'n' : 'b') + encodeText(String(value));
}

function decodeValue(value: unknown): HoconValue {
  if (typeof value === 'string') return decodeScalar(value);
  if (Array.isArray(value)) return value.map(decodeValue);
  if (typeof value !== 'object' || value === null) throw new Error('hocon-parser changed canonical text');
  // The parser refused __proto__ and its kin, so that plain assignment is safe.
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [decodeText(key.slice(1)), decodeValue(member)]),
  );
}

function decodeScalar(text: string): HoconValue {
  const value = decodeText(text.slice(1));
  switch (text.charAt(0)) {
    case 'z':
      return null;
    case 's':
      return value;
    case 'n':
      return Number(value);
    case 'b':
      return value === 'true';
    default:
      throw new Error('hocon-parser changed canonical text');
  }
}

function encodeText(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]/g, (c) => `%${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function decodeText(text: string): string {
  return text.replace(/%([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
