import type { Position } from '../origin.ts';

/** A plain value. `text` is how it was written (without quotes): `password = 007` must stay `007`. */
export interface ScalarNode {
  readonly kind: 'scalar';
  readonly at: Position;
  readonly value: string | number | boolean | null;
  readonly text: string;
}

/** `${path}` or `${?path}`. `name` is the path as written, which is also the environment variable's name. */
export interface SubstitutionNode {
  readonly kind: 'substitution';
  readonly at: Position;
  readonly path: readonly string[];
  readonly name: string;
  readonly optional: boolean;
}

/** `include "target"`; the expander replaces it by the section of that file. */
export interface IncludeNode {
  readonly kind: 'include';
  readonly at: Position;
  readonly target: string;
}

/** Values side by side, such as `${host}":1883"`. `gap` is the blank text before each part. */
export interface ConcatenationNode {
  readonly kind: 'concatenation';
  readonly at: Position;
  readonly parts: readonly { readonly gap: string; readonly node: ValueNode }[];
}

/** `{ ... }` */
export interface SectionNode {
  readonly kind: 'section';
  readonly at: Position;
  /** Index of the braces, in UTF-16 units; of a file without outer braces -1 and the length of its text. */
  readonly open: number;
  readonly close: number;
  readonly members: readonly MemberNode[];
}

/** `[ ... ]` */
export interface ListNode {
  readonly kind: 'list';
  readonly at: Position;
  readonly items: readonly ValueNode[];
}

/** Where a field stands in the text of its file, in UTF-16 units: its key, and all of it up to the end of its value. */
export interface FieldSpan {
  readonly start: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly end: number;
}

/** `path = value` or, with `append`, `path += value`. */
export interface FieldNode {
  readonly kind: 'field';
  readonly at: Position;
  readonly path: readonly string[];
  readonly append: boolean;
  readonly value: ValueNode;
  readonly span: FieldSpan;
}

/** Anything that can stand after `=`. */
export type ValueNode = ScalarNode | SubstitutionNode | IncludeNode | ConcatenationNode | SectionNode | ListNode;

/** Anything that can stand in a section. */
export type MemberNode = FieldNode | IncludeNode;
