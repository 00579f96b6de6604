import type { Position } from '../origin.ts';
import type { ConcatenationNode, ScalarNode, ValueNode } from './syntax-tree.ts';

/** NanoMQ's numbers: integer, decimal, exponent, sign. `10s`, `1.2.3.4` and `0x10` are words. */
const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** One part of a value and the blank text before it. */
export interface ValuePart {
  readonly gap: string;
  readonly node: ValueNode;
  /** A word without quotes: alone it may be a number, `true`, `false` or `null`. */
  readonly isWord: boolean;
}

/** Joins the parts that stand side by side: one part is itself, several are a concatenation. */
export function joinParts(at: Position, parts: readonly ValuePart[]): ValueNode {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) {
    return first.isWord && first.node.kind === 'scalar' ? wordValue(first.node) : first.node;
  }
  if (parts.every((part) => part.node.kind === 'scalar')) {
    const text = parts.map((part) => part.gap + (part.node as ScalarNode).text).join('');
    return { kind: 'scalar', at, value: text, text };
  }
  return { kind: 'concatenation', at, parts } satisfies ConcatenationNode;
}

function wordValue(word: ScalarNode): ScalarNode {
  const { text } = word;
  if (text === 'true' || text === 'false') return { ...word, value: text === 'true' };
  if (text === 'null') return { ...word, value: null };
  // A number too large for a double stays text, so that the check of its key can name it.
  const number = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? { ...word, value: number } : word;
}
