import type { EffectiveValue } from '../effective-tree.ts';
import { isSection } from '../setting-tree.ts';

/** Characters that another reader might take for a line end, or that an editor does not show as they are. */
const HIDDEN = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
const BARE_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

/**
 * Writes a text so that reading gives back exactly this text: always in quotes, with everything escaped that could end
 * the text, begin a substitution or be taken for code by another reader of HOCON.
 */
export function encodeText(text: string): string {
  // JSON.stringify escapes quotes, backslashes, control characters and halves of surrogate pairs.
  const quoted = JSON.stringify(text).replace(HIDDEN, escapeOf);
  return quoted.replaceAll('${', '\\u0024{');
}

/** Writes any value on one line, as JSON; the notation is legal in every place of a HOCON or JSON file. */
export function encodeValue(value: EffectiveValue): string {
  if (typeof value === 'string') return encodeText(value);
  if (Array.isArray(value)) return `[${value.map(encodeValue).join(', ')}]`;
  if (!isSection(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => `${encodeText(name)}: ${encodeValue(member ?? null)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** Writes a dotted path; names that are not plain words are quoted. */
export function encodePath(path: readonly string[]): string {
  return path.map((name) => (BARE_NAME.test(name) && name !== 'include' ? name : encodeText(name))).join('.');
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
