import { configError } from '../config-error.ts';
import type { Position } from '../origin.ts';

/** A value after includes, merging and substitution, with the place it was written at. */
export type ResolvedValue = ResolvedScalar | ResolvedList | ResolvedSection;

/** `text` is the value as written; a key that wants text takes it in place of a number. */
export interface ResolvedScalar {
  readonly kind: 'scalar';
  readonly at: Position;
  readonly value: string | number | boolean | null;
  readonly text: string;
}

export interface ResolvedList {
  readonly kind: 'list';
  readonly at: Position;
  readonly items: readonly ResolvedValue[];
}

export interface ResolvedSection {
  readonly kind: 'section';
  readonly at: Position;
  readonly members: ReadonlyMap<string, ResolvedValue>;
}

/** The later value replaces the earlier one, except that two sections merge. */
export function mergeValues(earlier: ResolvedValue | undefined, later: ResolvedValue): ResolvedValue {
  if (earlier?.kind !== 'section' || later.kind !== 'section') return later;
  const members = new Map(earlier.members);
  for (const [key, value] of later.members) members.set(key, mergeValues(members.get(key), value));
  return { kind: 'section', at: later.at, members };
}

/** `+=`: puts one item at the end of a list that may not exist yet. @throws ConfigError TYPES_MIXED */
export function appendValue(list: ResolvedValue | undefined, item: ResolvedValue): ResolvedValue {
  if (list !== undefined && list.kind !== 'list') {
    throw configError('TYPES_MIXED', { kind: 'file', ...item.at }, '+= needs a list');
  }
  return { kind: 'list', at: list?.at ?? item.at, items: [...(list?.items ?? []), item] };
}

/** The value at `path` inside `value`, or undefined. */
export function valueAt(value: ResolvedValue | undefined, path: readonly string[]): ResolvedValue | undefined {
  let current = value;
  for (const key of path) {
    if (current?.kind !== 'section') return undefined;
    current = current.members.get(key);
  }
  return current;
}
