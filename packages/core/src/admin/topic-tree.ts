import type { SubscriptionView, TopicTreeNode } from '../ports/admin.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import { inBatches, type YieldTurn } from './batches.ts';
import { subscriptionViews } from './subscription-views.ts';

/** A level of a filter while the tree grows. */
class Branch {
  readonly level: string;
  readonly clientIds: string[] = [];
  readonly children = new Map<string, Branch>();

  constructor(level: string) {
    this.level = level;
  }

  childFor(level: string): Branch {
    let child = this.children.get(level);
    if (child === undefined) {
      child = new Branch(level);
      this.children.set(level, child);
    }
    return child;
  }
}

/**
 * The topic filters of all sessions as a tree, level by level from the root `''`, with a turn now and then. No walk
 * recurses by depth.
 */
export async function topicTreeOf(sessions: SessionRegistry, yieldTurn: YieldTurn): Promise<TopicTreeNode[][]> {
  const root = new Branch('');
  for await (const batch of inBatches(subscriptionViews(sessions, {}), yieldTurn, levelsIn)) {
    for (const { topicFilter, clientId } of batch) grow(root, topicFilter).clientIds.push(clientId);
  }
  const levels: TopicTreeNode[][] = [];
  for await (const batch of inBatches(breadthFirst(root), yieldTurn)) {
    for (const { depth, node } of batch) {
      levels[depth] ??= [];
      levels[depth].push(node);
    }
  }
  return levels;
}

function levelsIn({ topicFilter }: SubscriptionView): number {
  let levels = 1;
  for (let at = topicFilter.indexOf('/'); at >= 0; at = topicFilter.indexOf('/', at + 1)) levels++;
  return levels;
}

function grow(root: Branch, topicFilter: string): Branch {
  let branch = root;
  for (const level of topicFilter.split('/')) branch = branch.childFor(level);
  return branch;
}

function* breadthFirst(root: Branch): Generator<{ readonly depth: number; readonly node: TopicTreeNode }> {
  let branches = [root];
  for (let depth = 0; branches.length > 0; depth++) {
    const below: Branch[] = [];
    for (const { level, children, clientIds } of branches) {
      yield { depth, node: { level, childCount: children.size, clientIds } };
      for (const child of children.values()) below.push(child);
    }
    branches = below;
  }
}
