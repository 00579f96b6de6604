import type { Position } from '../origin.ts';
import type { MemberNode, SectionNode, ValueNode } from './syntax-tree.ts';

/** What one definition contributes to a key, in the order of the text. */
export type Layer =
  | { readonly kind: 'section'; readonly at: Position; readonly slots: SlotMap }
  | { readonly kind: 'value'; readonly at: Position; readonly node: ValueNode; readonly append: boolean };

/** One key with everything the text says about it; later layers win, sections merge. */
export interface Slot {
  readonly path: readonly string[];
  readonly layers: Layer[];
}

/** The keys of a section, in the order of their first mention. */
export type SlotMap = Map<string, Slot>;

/** Gives the one spelling of a key: NanoMQ matches its key names without regard to case. */
export type CanonicalKey = (parent: readonly string[], key: string) => string;

/** Sorts the members of a section into slots; dotted keys and repeated sections land in one place. */
export function addSection(
  slots: SlotMap,
  section: SectionNode,
  path: readonly string[],
  canonicalKey: CanonicalKey,
): SlotMap {
  for (const member of section.members) addMember(slots, member, path, canonicalKey);
  return slots;
}

/** The slot at `path` as far as plain sections lead, and what of the path is left beyond it. */
export function findSlot(
  root: SlotMap,
  path: readonly string[],
  canonicalKey: CanonicalKey,
): { readonly slot: Slot; readonly rest: readonly string[] } | undefined {
  let slots = root;
  const walked: string[] = [];
  for (const [index, written] of path.entries()) {
    const key = canonicalKey(walked, written);
    const slot = slots.get(key);
    if (slot === undefined) return undefined;
    walked.push(key);
    const rest = path.slice(index + 1);
    const [layer] = slot.layers;
    if (rest.length === 0 || slot.layers.length !== 1 || layer?.kind !== 'section') return { slot, rest };
    slots = layer.slots;
  }
  return undefined;
}

function addMember(slots: SlotMap, member: MemberNode, path: readonly string[], canonicalKey: CanonicalKey): void {
  if (member.kind === 'include') throw new Error('includes are expanded before slots are made');
  let target = slots;
  let parent = path;
  const names = [...member.path];
  const last = names.pop() ?? '';
  for (const name of names) {
    const slot = slotFor(target, parent, name, canonicalKey);
    target = sectionLayer(slot, member.at);
    parent = slot.path;
  }
  const slot = slotFor(target, parent, last, canonicalKey);
  if (member.value.kind === 'section' && !member.append) {
    addSection(sectionLayer(slot, member.at), member.value, slot.path, canonicalKey);
  } else {
    slot.layers.push({ kind: 'value', at: member.value.at, node: member.value, append: member.append });
  }
}

function slotFor(slots: SlotMap, parent: readonly string[], name: string, canonicalKey: CanonicalKey): Slot {
  const key = canonicalKey(parent, name);
  let slot = slots.get(key);
  if (slot === undefined) {
    slot = { path: [...parent, key], layers: [] };
    slots.set(key, slot);
  }
  return slot;
}

function sectionLayer(slot: Slot, at: Position): SlotMap {
  const top = slot.layers.at(-1);
  if (top?.kind === 'section') return top.slots;
  const slots: SlotMap = new Map();
  slot.layers.push({ kind: 'section', at, slots });
  return slots;
}
