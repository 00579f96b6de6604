import type { Subscription } from '../session/subscription.ts';
import type { TopicKey } from '../topics/topic-key.ts';
import { TopicTrie } from '../topics/topic-trie.ts';
import { MemberChoice, type ShareStrategy } from './member-choice.ts';
import type { IndexEntry } from './route-compiler.ts';
import { SharedGroup } from './shared-group.ts';

/** Who is told when an exact filter's subscribers change. */
export interface IndexListener {
  /** True: a change of a shared group's members outdates the routes to the group. */
  readonly dependsOnMembers?: boolean;
  exactFilterChanged(filterKey: TopicKey): void;
}

/**
 * All subscriptions, by filter. A change to an exact filter is announced; a change to a wildcard filter raises
 * `generation`, which outdates every route at once.
 */
export class SubscriptionIndex {
  /** Raised by each change whose reach is not one topic. */
  generation = 0;
  readonly #trie = new TopicTrie<IndexEntry>();
  readonly #groups = new Map<string, SharedGroup>();
  readonly #listener: IndexListener;
  readonly #strategy: ShareStrategy;
  #size = 0;
  #sharedSize = 0;

  constructor(strategy: ShareStrategy, listener: IndexListener) {
    this.#strategy = strategy;
    this.#listener = listener;
  }

  /** Subscriptions in all, members of shared groups each counted. */
  get size(): number {
    return this.#size;
  }

  get sharedGroupCount(): number {
    return this.#groups.size;
  }

  /** Of all subscriptions, those that are members of a shared group. */
  get sharedSize(): number {
    return this.#sharedSize;
  }

  /** Distinct filters that topics are matched against: `$share/name/` does not count. */
  get filterCount(): number {
    return this.#trie.filterCount;
  }

  /** Adds a subscription that is not there yet. @param shareName '' when it is not shared */
  add(subscription: Subscription, shareName: string): void {
    this.#size++;
    if (shareName === '') {
      this.#trie.add(subscription.filterKey, subscription.hasWildcard, subscription);
      this.changed(subscription.filterKey, subscription.hasWildcard);
      return;
    }
    let group = this.#groups.get(subscription.topicFilter);
    if (group === undefined) {
      group = new SharedGroup(
        subscription.filterKey,
        subscription.hasWildcard,
        new MemberChoice(this.#strategy, Math.random),
      );
      this.#groups.set(subscription.topicFilter, group);
      this.#trie.add(group.filterKey, group.hasWildcard, group);
      this.changed(group.filterKey, group.hasWildcard);
    }
    this.#sharedSize++;
    group.members.push(subscription);
    subscription.group = group;
    if (this.#listener.dependsOnMembers === true) this.changed(group.filterKey, group.hasWildcard);
  }

  /** Removes a subscription that is there; with its last member a shared group goes too. */
  remove(subscription: Subscription): void {
    this.#size--;
    const group = subscription.group;
    if (group === null) {
      this.#trie.remove(subscription.filterKey, subscription.hasWildcard, subscription);
      this.changed(subscription.filterKey, subscription.hasWildcard);
      return;
    }
    this.#sharedSize--;
    group.members.splice(group.members.indexOf(subscription), 1);
    subscription.group = null;
    if (group.members.length > 0) {
      if (this.#listener.dependsOnMembers === true) this.changed(group.filterKey, group.hasWildcard);
      return;
    }
    this.#groups.delete(subscription.topicFilter);
    this.#trie.remove(group.filterKey, group.hasWildcard, group);
    this.changed(group.filterKey, group.hasWildcard);
  }

  /** Outdates the routes that a change to this filter may touch. */
  changed(filterKey: TopicKey, hasWildcard: boolean): void {
    if (hasWildcard) this.generation++;
    else this.#listener.exactFilterChanged(filterKey);
  }

  /** Whether any subscription matches the topic. */
  hasMatch(topicKey: TopicKey): boolean {
    const lists: (readonly IndexEntry[])[] = [];
    this.#trie.match(topicKey, lists);
    return lists.length > 0;
  }

  /** Appends to `lists` the entries of every filter that matches; they are borrowed until the next change. */
  match(topicKey: TopicKey, lists: (readonly IndexEntry[])[]): void {
    this.#trie.match(topicKey, lists);
  }
}
