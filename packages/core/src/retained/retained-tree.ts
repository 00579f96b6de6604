import type { TopicKey } from '../topics/topic-key.ts';

const SLASH = '/';
const DOLLAR = 0x24;

/** A level of a topic name. One child is kept inline; a Map is made for the second. */
class RetainedNode<Value> {
  readonly parent: RetainedNode<Value> | null;
  readonly level: string;
  /** Nodes are numbered as they come, so that a walk knows those that came after it began. */
  readonly number: number;
  /** The whole topic name when a value stands here, else null. */
  topicName: TopicKey | null = null;
  value: Value | undefined = undefined;
  child: RetainedNode<Value> | null = null;
  children: Map<string, RetainedNode<Value>> | null = null;

  constructor(parent: RetainedNode<Value> | null, level: string, number: number) {
    this.parent = parent;
    this.level = level;
    this.number = number;
  }
}

/**
 * Topic names to values, found by topic filter: one hash table for exact names, and a tree of levels for filters
 * with a wildcard. No walk recurses by depth.
 *
 * Names and filters are topic keys and must have been validated.
 * @see MQTT 5.0, 3.3.1.3 RETAIN, 4.7 Topic Names and Topic Filters
 */
export class RetainedTree<Value> {
  readonly #byName = new Map<TopicKey, RetainedNode<Value>>();
  readonly #root = new RetainedNode<Value>(null, '', 0);
  #nodeNumber = 0;

  /** Values held. */
  get size(): number {
    return this.#byName.size;
  }

  get(topicName: TopicKey): Value | undefined {
    return this.#byName.get(topicName)?.value;
  }

  /** @returns the value that stood there before */
  set(topicName: TopicKey, value: Value): Value | undefined {
    const held = this.#byName.get(topicName);
    if (held !== undefined) {
      const former = held.value;
      held.value = value;
      return former;
    }
    const node = this.#grow(topicName);
    node.topicName = topicName;
    node.value = value;
    this.#byName.set(topicName, node);
    return undefined;
  }

  /** @returns the value that stood there */
  delete(topicName: TopicKey): Value | undefined {
    const node = this.#byName.get(topicName);
    if (node === undefined) return undefined;
    const former = node.value;
    this.#byName.delete(topicName);
    node.topicName = null;
    node.value = undefined;
    prune(node);
    return former;
  }

  /**
   * Visits every value whose name the filter matches, in no particular order. `visit` may delete from the tree,
   * the visited name too; whether it then still sees a name it adds or deletes itself is open.
   */
  match(filter: TopicKey, hasWildcard: boolean, visit: (topicName: TopicKey, value: Value) => void): void {
    if (hasWildcard) {
      this.walk(filter, true).advance(Infinity, visit);
      return;
    }
    const node = this.#byName.get(filter);
    if (node !== undefined) visit(filter, node.value as Value);
  }

  /** The same as `match`, to be done in pieces. */
  walk(filter: TopicKey, hasWildcard: boolean): RetainedWalk<Value> {
    if (hasWildcard) return new RetainedWalk(this.#root, filter.split(SLASH), this.#nodeNumber);
    return new RetainedWalk(this.#byName.get(filter), [], this.#nodeNumber);
  }

  /** Every name with its value, oldest name first. */
  *entries(): IterableIterator<[topicName: TopicKey, value: Value]> {
    for (const [topicName, node] of this.#byName) yield [topicName, node.value as Value];
  }

  #grow(topicName: TopicKey): RetainedNode<Value> {
    let node = this.#root;
    let start = 0;
    while (start <= topicName.length) {
      let end = topicName.indexOf(SLASH, start);
      if (end < 0) end = topicName.length;
      const level = topicName.slice(start, end);
      node = childOf(node, level) ?? addChild(node, level, ++this.#nodeNumber);
      start = end + 1;
    }
    return node;
  }
}

/** A node to look at, or the rest of the children of one. */
type Cursor<Value> = RetainedNode<Value> | Iterator<RetainedNode<Value>>;

/**
 * A match that may be held over turns, in memory that grows with the depth of the tree and not with its width. A name
 * that comes or goes meanwhile is mostly not visited; none is visited twice.
 */
export class RetainedWalk<Value> {
  readonly #levels: readonly string[];
  readonly #newest: number;
  readonly #cursors: Cursor<Value>[] = [];
  readonly #depths: number[] = [];

  /**
   * @param levels  of the filter, those below `start`
   * @param newest  number of the last node that is there
   */
  constructor(start: RetainedNode<Value> | undefined, levels: readonly string[], newest: number) {
    this.#levels = levels;
    this.#newest = newest;
    if (start !== undefined) this.#push(start, 0);
  }

  /** Looks at up to `count` levels of names. @returns false when the walk is over */
  advance(count: number, visit: (topicName: TopicKey, value: Value) => void): boolean {
    for (let left = count; left > 0 && this.#cursors.length > 0; left--) {
      const depth = this.#depths[this.#depths.length - 1] as number;
      const node = this.#take();
      if (node === null) continue;
      const level = this.#levels[depth];
      if (level === '#') {
        // Below `#` every level is as `#`. It takes its own level too: `a/#` matches `a`, section 4.7.1.2.
        this.#pushChildren(node, depth);
        visitValue(node, visit);
      } else if (level === '+') {
        this.#pushChildren(node, depth + 1);
      } else if (level === undefined) {
        visitValue(node, visit);
      } else {
        const child = childOf(node, level);
        if (child !== null) this.#push(child, depth + 1);
      }
    }
    return this.#cursors.length > 0;
  }

  #push(cursor: Cursor<Value>, depth: number): void {
    this.#cursors.push(cursor);
    this.#depths.push(depth);
  }

  #pushChildren(node: RetainedNode<Value>, depth: number): void {
    if (node.children !== null) this.#push(node.children.values(), depth);
    else if (node.child !== null && !isSpared(node.child)) this.#push(node.child, depth);
  }

  /** The next node, or null when its cursor has come to its end or it is not one for this walk. */
  #take(): RetainedNode<Value> | null {
    const cursor = this.#cursors[this.#cursors.length - 1] as Cursor<Value>;
    let node: RetainedNode<Value>;
    if (cursor instanceof RetainedNode) {
      node = cursor;
      this.#pop();
    } else {
      const { done, value } = cursor.next();
      // Children lie in the order of their numbers: after one that is too new come only newer ones. Without this a walk
      // would run after names that come faster than it looks at them.
      if (done === true || value.number > this.#newest) {
        this.#pop();
        return null;
      }
      if (isSpared(value)) return null;
      node = value;
    }
    return node.number > this.#newest ? null : node;
  }

  #pop(): void {
    this.#cursors.pop();
    this.#depths.pop();
  }
}

function visitValue<Value>(node: RetainedNode<Value>, visit: (topicName: TopicKey, value: Value) => void): void {
  if (node.topicName !== null) visit(node.topicName, node.value as Value);
}

/** A wildcard at the first level takes no topic name that begins with `$`. [MQTT-4.7.2-1] */
function isSpared<Value>({ parent, level }: RetainedNode<Value>): boolean {
  return parent?.parent === null && level.charCodeAt(0) === DOLLAR;
}

function childOf<Value>(node: RetainedNode<Value>, level: string): RetainedNode<Value> | null {
  if (node.children !== null) return node.children.get(level) ?? null;
  return node.child !== null && node.child.level === level ? node.child : null;
}

function addChild<Value>(node: RetainedNode<Value>, level: string, number: number): RetainedNode<Value> {
  const added = new RetainedNode<Value>(node, level, number);
  if (node.children !== null) node.children.set(level, added);
  else if (node.child === null) node.child = added;
  else {
    node.children = new Map([
      [node.child.level, node.child],
      [level, added],
    ]);
    node.child = null;
  }
  return added;
}

/** Takes the node and what it leaves empty above it out of the tree. */
function prune<Value>(from: RetainedNode<Value>): void {
  let node = from;
  while (node.parent !== null && node.topicName === null && node.child === null && node.children === null) {
    const parent = node.parent;
    if (parent.children === null) parent.child = null;
    else {
      parent.children.delete(node.level);
      if (parent.children.size === 0) parent.children = null;
    }
    node = parent;
  }
}
