import { configError } from '../config-error.ts';
import type { Position } from '../origin.ts';
import { mergeValues, type ResolvedValue } from './resolved-value.ts';

/** Longest text and list a concatenation may make: doubling substitutions must not fill the memory. */
const MAX_TEXT = 1024 * 1024;
const MAX_ITEMS = 100_000;

/**
 * Joins values that stand side by side: sections merge, lists are put end to end, plain values make one text
 * with the blanks between them. A part that is undefined (an optional substitution) is left out.
 * @throws ConfigError TYPES_MIXED, EXPANSION_TOO_LARGE
 */
export function concatenate(
  at: Position,
  parts: readonly { readonly gap: string; readonly value: ResolvedValue | undefined }[],
): ResolvedValue | undefined {
  const values = parts.map((part) => part.value).filter((value) => value !== undefined);
  const [first] = values;
  if (first === undefined) return undefined;
  // Blanks beside a section or a list mean nothing; beside text they belong to it.
  if (first.kind === 'section' && values.every((value) => value.kind === 'section')) {
    return values.slice(1).reduce((joined, value) => mergeValues(joined, value), first as ResolvedValue);
  }
  if (first.kind === 'list' && values.every((value) => value.kind === 'list')) {
    const length = values.reduce((sum, value) => sum + value.items.length, 0);
    if (length > MAX_ITEMS) throw configError('EXPANSION_TOO_LARGE', { kind: 'file', ...at });
    return { kind: 'list', at, items: values.flatMap((value) => value.items) };
  }
  let text = '';
  for (const { gap, value } of parts) {
    if (value !== undefined && value.kind !== 'scalar') throw configError('TYPES_MIXED', { kind: 'file', ...at });
    text += gap + (value?.text ?? '');
    if (text.length > MAX_TEXT) throw configError('EXPANSION_TOO_LARGE', { kind: 'file', ...at });
  }
  return { kind: 'scalar', at, value: text, text };
}
