import type { TopicKey } from './topic-key.ts';

/** An entry knows its place in its list, so that removal does not search. */
export interface TrieEntry {
  /** Index in the list that holds it; owned by the trie. */
  slot: number;
}

const DOLLAR = 0x24;

/** A level of a filter. One child is kept inline; a Map is made for the second. */
class TrieNode<Entry> {
  childKey = '';
  child: TrieNode<Entry> | null = null;
  children: Map<string, TrieNode<Entry>> | null = null;
  plus: TrieNode<Entry> | null = null;
  entries: Entry[] | null = null;
  /** Entries of `<this level>/#`. */
  hashEntries: Entry[] | null = null;

  get isEmpty(): boolean {
    return (
      this.child === null &&
      this.children === null &&
      this.plus === null &&
      this.entries === null &&
      this.hashEntries === null
    );
  }
}

/**
 * Topic filters to entries. Filters without a wildcard are one hash table; only wildcard filters form a tree,
 * so that exact subscriptions cost a match nothing. Walks are loops over a work list: neither adding nor
 * matching recurses by topic depth.
 *
 * Filters and names are topic keys and must have been validated.
 * @see MQTT 5.0, 4.7 Topic Names and Topic Filters
 */
export class TopicTrie<Entry extends TrieEntry> {
  readonly #exact = new Map<TopicKey, Entry[]>();
  readonly #root = new TrieNode<Entry>();
  #size = 0;
  #wildcardFilters = 0;
  readonly #workNodes: TrieNode<Entry>[] = [];
  readonly #workStarts: number[] = [];

  /** Entries in all. */
  get size(): number {
    return this.#size;
  }

  /** Distinct filters. */
  get filterCount(): number {
    return this.#exact.size + this.#wildcardFilters;
  }

  /** Adds an entry under a filter; the same entry must not be added twice. */
  add(filter: TopicKey, hasWildcard: boolean, entry: Entry): void {
    this.#size++;
    if (!hasWildcard) {
      const list = this.#exact.get(filter);
      entry.slot = list === undefined ? 0 : list.length;
      if (list === undefined) this.#exact.set(filter, [entry]);
      else list.push(entry);
      return;
    }
    const { node, isHash } = this.#descend(filter);
    const list = isHash ? node.hashEntries : node.entries;
    entry.slot = list === null ? 0 : list.length;
    if (list === null) this.#wildcardFilters++;
    if (list !== null) list.push(entry);
    else if (isHash) node.hashEntries = [entry];
    else node.entries = [entry];
  }

  /** Removes an entry that was added under this filter. */
  remove(filter: TopicKey, hasWildcard: boolean, entry: Entry): void {
    this.#size--;
    if (!hasWildcard) {
      const list = this.#exact.get(filter) as Entry[];
      if (removeFrom(list, entry)) this.#exact.delete(filter);
      return;
    }
    this.#removeFromTree(filter, entry);
  }

  /**
   * Appends to `lists` every non-empty list of entries whose filter matches, and no other [MQTT-3.3.2-3]. The lists
   * stay the trie's own.
   */
  match(topicName: TopicKey, lists: (readonly Entry[])[]): void {
    const exact = this.#exact.get(topicName);
    if (exact !== undefined) lists.push(exact);
    if (!this.#root.isEmpty) this.#matchTree(topicName, lists);
  }

  #matchTree(topicName: TopicKey, lists: (readonly Entry[])[]): void {
    const nodes = this.#workNodes;
    const starts = this.#workStarts;
    const isSystem = topicName.charCodeAt(0) === DOLLAR;
    let count = 1;
    nodes[0] = this.#root;
    starts[0] = 0;
    while (count > 0) {
      count--;
      const node = nodes[count] as TrieNode<Entry>;
      const start = starts[count] as number;
      const skipWildcards = isSystem && start === 0; // [MQTT-4.7.2-1]
      // `a/#` matches `a` itself, section 4.7.1.2
      if (node.hashEntries !== null && !skipWildcards) lists.push(node.hashEntries);
      if (start > topicName.length) {
        if (node.entries !== null) lists.push(node.entries);
        continue;
      }
      let end = topicName.indexOf('/', start);
      if (end < 0) end = topicName.length;
      if (node.plus !== null && !skipWildcards) {
        nodes[count] = node.plus;
        starts[count++] = end + 1;
      }
      const child = childOf(node, topicName, start, end);
      if (child !== null) {
        nodes[count] = child;
        starts[count++] = end + 1;
      }
    }
  }

  #descend(filter: TopicKey): { node: TrieNode<Entry>; isHash: boolean } {
    let node = this.#root;
    let start = 0;
    while (start <= filter.length) {
      let end = filter.indexOf('/', start);
      if (end < 0) end = filter.length;
      const level = filter.slice(start, end);
      if (level === '#') return { node, isHash: true };
      node = level === '+' ? plusOf(node) : childFor(node, level);
      start = end + 1;
    }
    return { node, isHash: false };
  }

  #removeFromTree(filter: TopicKey, entry: Entry): void {
    const levels = filter.split('/');
    const isHash = levels[levels.length - 1] === '#';
    if (isHash) levels.pop();
    const path: TrieNode<Entry>[] = [this.#root];
    for (const level of levels) {
      const node = path[path.length - 1] as TrieNode<Entry>;
      path.push((level === '+' ? node.plus : childOf(node, level, 0, level.length)) as TrieNode<Entry>);
    }
    const last = path[path.length - 1] as TrieNode<Entry>;
    if (removeFrom((isHash ? last.hashEntries : last.entries) as Entry[], entry)) {
      this.#wildcardFilters--;
      if (isHash) last.hashEntries = null;
      else last.entries = null;
    }
    for (let depth = levels.length; depth > 0 && (path[depth] as TrieNode<Entry>).isEmpty; depth--) {
      detach(path[depth - 1] as TrieNode<Entry>, levels[depth - 1] as string);
    }
  }
}

/** Takes an entry out by moving the last one into its place; true when the list is empty now. */
function removeFrom<Entry extends TrieEntry>(list: Entry[], entry: Entry): boolean {
  const last = list.pop() as Entry;
  if (last !== entry) {
    list[entry.slot] = last;
    last.slot = entry.slot;
  }
  return list.length === 0;
}

function plusOf<Entry>(node: TrieNode<Entry>): TrieNode<Entry> {
  node.plus ??= new TrieNode<Entry>();
  return node.plus;
}

function childFor<Entry>(node: TrieNode<Entry>, level: string): TrieNode<Entry> {
  if (node.children !== null) {
    let child = node.children.get(level);
    if (child === undefined) {
      child = new TrieNode<Entry>();
      node.children.set(level, child);
    }
    return child;
  }
  if (node.child === null) {
    node.childKey = level;
    node.child = new TrieNode<Entry>();
    return node.child;
  }
  if (node.childKey === level) return node.child;
  node.children = new Map([[node.childKey, node.child]]);
  node.child = null;
  node.childKey = '';
  return childFor(node, level);
}

function childOf<Entry>(node: TrieNode<Entry>, key: string, start: number, end: number): TrieNode<Entry> | null {
  if (node.children !== null) return node.children.get(key.slice(start, end)) ?? null;
  const length = end - start;
  return node.child !== null && node.childKey.length === length && key.startsWith(node.childKey, start)
    ? node.child
    : null;
}

function detach<Entry>(node: TrieNode<Entry>, level: string): void {
  if (level === '+') node.plus = null;
  else if (node.children !== null) {
    node.children.delete(level);
    if (node.children.size === 0) node.children = null;
  } else {
    node.child = null;
    node.childKey = '';
  }
}
