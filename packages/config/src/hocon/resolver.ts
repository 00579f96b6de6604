import { configError } from '../config-error.ts';
import type { Position } from '../origin.ts';
import { concatenate } from './concatenation.ts';
import { MAX_NESTING } from './cursor.ts';
import { appendValue, mergeValues, type ResolvedSection, type ResolvedValue, valueAt } from './resolved-value.ts';
import { addSection, type CanonicalKey, findSlot, type Layer, type Slot, type SlotMap } from './slot-tree.ts';
import type { SubstitutionNode, ValueNode } from './syntax-tree.ts';

/** A slot being evaluated and what its earlier layers gave: the meaning of a key inside its own value. */
interface Frame {
  readonly slot: Slot;
  earlier: ResolvedValue | undefined;
}

/** Most evaluations inside each other: chains of substitutions must not exhaust the stack. */
const MAX_FRAMES = 4 * MAX_NESTING;

/** Gives every key its value. Substitutions look into the configuration first, then into the environment. */
export class Resolver {
  readonly #root: SlotMap;
  readonly #env: NodeJS.ProcessEnv;
  readonly #canonicalKey: CanonicalKey;
  readonly #done = new Map<Slot, ResolvedValue | undefined>();
  readonly #frames: Frame[] = [];

  constructor(root: SlotMap, env: NodeJS.ProcessEnv, canonicalKey: CanonicalKey) {
    this.#root = root;
    this.#env = env;
    this.#canonicalKey = canonicalKey;
  }

  /** @throws ConfigError SUBSTITUTION_UNKNOWN, SUBSTITUTION_CYCLE, TYPES_MIXED, EXPANSION_TOO_LARGE, NESTING_TOO_DEEP */
  resolve(at: Position): ResolvedSection {
    return this.#section(this.#root, at);
  }

  #section(slots: SlotMap, at: Position): ResolvedSection {
    const members = new Map<string, ResolvedValue>();
    for (const [key, slot] of slots) {
      const value = this.#slot(slot, at);
      if (value !== undefined) members.set(key, value);
    }
    return { kind: 'section', at, members };
  }

  #slot(slot: Slot, at: Position): ResolvedValue | undefined {
    if (this.#done.has(slot)) return this.#done.get(slot);
    if (this.#frames.length >= MAX_FRAMES) throw configError('NESTING_TOO_DEEP', { kind: 'file', ...at });
    const frame: Frame = { slot, earlier: undefined };
    this.#frames.push(frame);
    // A plain value hides all before it, so what it hides need not make sense.
    const start = slot.layers.findLastIndex(isPlain);
    for (const layer of slot.layers.slice(Math.max(0, start))) frame.earlier = this.#layer(layer, frame.earlier);
    this.#frames.pop();
    this.#done.set(slot, frame.earlier);
    return frame.earlier;
  }

  #layer(layer: Layer, earlier: ResolvedValue | undefined): ResolvedValue | undefined {
    if (layer.kind === 'section') return mergeValues(earlier, this.#section(layer.slots, layer.at));
    const value = this.#value(layer.node);
    if (value === undefined) return earlier;
    return layer.append ? appendValue(earlier, value) : mergeValues(earlier, value);
  }

  #value(node: ValueNode): ResolvedValue | undefined {
    switch (node.kind) {
      case 'scalar':
        return node;
      case 'substitution':
        return this.#substitution(node);
      case 'list':
        return {
          kind: 'list',
          at: node.at,
          items: node.items.map((item) => this.#value(item)).filter((item) => item !== undefined),
        };
      case 'section':
        // Inside a list or a concatenation: nobody can refer into it, so its slots are its own.
        return this.#section(
          addSection(new Map(), node, [], (_parent, key) => key),
          node.at,
        );
      case 'concatenation':
        return concatenate(
          node.at,
          node.parts.map((part) => ({ gap: part.gap, value: this.#value(part.node) })),
        );
      case 'include':
        throw new Error('includes are expanded before values are resolved');
      default:
        return node satisfies never;
    }
  }

  #substitution(node: SubstitutionNode): ResolvedValue | undefined {
    const found = this.#lookUp(node);
    if (found !== undefined) return found.kind === 'scalar' ? { ...found, at: node.at } : found;
    const text = Object.hasOwn(this.#env, node.path.join('.')) ? this.#env[node.path.join('.')] : undefined;
    if (text !== undefined) return { kind: 'scalar', at: node.at, value: text, text };
    if (node.optional) return undefined;
    throw configError('SUBSTITUTION_UNKNOWN', { kind: 'file', ...node.at }, node.name);
  }

  #lookUp(node: SubstitutionNode): ResolvedValue | undefined {
    const target = findSlot(this.#root, node.path, this.#canonicalKey);
    if (target === undefined) return undefined;
    const current = this.#frames.at(-1);
    if (current?.slot === target.slot) return valueAt(current.earlier, target.rest);
    if (this.#frames.some((frame) => frame.slot === target.slot)) {
      throw configError('SUBSTITUTION_CYCLE', { kind: 'file', ...node.at }, node.name);
    }
    return valueAt(this.#slot(target.slot, node.at), target.rest);
  }
}

function isPlain(layer: Layer): boolean {
  return layer.kind === 'value' && !layer.append && layer.node.kind === 'scalar';
}
