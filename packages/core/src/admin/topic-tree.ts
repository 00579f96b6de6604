import type { SubscriptionView, TopicTreeNode } from '../ports/admin.ts';
import { inBatches } from './batches.ts';
import type { Pace } from './walk-pace.ts';

const NOBODY: readonly string[] = [];

/**
 * A node while the tree grows, and the node that is shown in the end. It is kept small: what a large tree costs is
 * mostly the garbage collector.
 */
class Branch implements TopicTreeNode {
  readonly level: string;
  childCount = 0;
  clientIds: readonly string[] = NOBODY;
  #children: Map<string, Branch> | null = null;

  constructor(level: string) {
    this.level = level;
  }

  childFor(level: string): Branch {
    this.#children ??= new Map();
    let child = this.#children.get(level);
    if (child === undefined) {
      child = new Branch(level);
      this.childCount++;
      this.#children.set(level, child);
    }
    return child;
  }

  addClient(clientId: string): void {
    if (this.clientIds === NOBODY) this.clientIds = [clientId];
    else (this.clientIds as string[]).push(clientId);
  }

  /** Moves the children to the end of `list`: afterwards there is only the node that is shown. */
  moveChildren(list: Branch[]): void {
    if (this.#children === null) return;
    for (const child of this.#children.values()) list.push(child);
    this.#children = null;
  }
}

/**
 * The topic filters of all these subscriptions as a tree, level by level from the root `''`, with a turn now and then. No
 * walk recurses by depth.
 * @param subscriptions  batches of few enough that a turn can take one (see `levelsIn`)
 */
export async function topicTreeOf(
  subscriptions: AsyncIterable<readonly SubscriptionView[]>,
  pace: Pace,
): Promise<readonly (readonly TopicTreeNode[])[]> {
  const root = new Branch('');
  for await (const batch of subscriptions) {
    for (const { topicFilter, clientId } of batch) grow(root, topicFilter).addClient(clientId);
  }
  const levels: Branch[][] = [];
  for (let branches = [root]; branches.length > 0; ) {
    levels.push(branches);
    const below: Branch[] = [];
    for await (const batch of inBatches(branches, pace)) for (const branch of batch) branch.moveChildren(below);
    branches = below;
  }
  return levels;
}

/** What putting the subscription into the tree costs, for `inBatches`. */
export function levelsIn({ topicFilter }: SubscriptionView): number {
  let levels = 1;
  for (let at = topicFilter.indexOf('/'); at >= 0; at = topicFilter.indexOf('/', at + 1)) levels++;
  return levels;
}

function grow(root: Branch, topicFilter: string): Branch {
  let branch = root;
  for (const level of topicFilter.split('/')) branch = branch.childFor(level);
  return branch;
}
