import type { LocalInterest } from '../peers/local-interest.ts';
import type { PeerInterest } from '../peers/peer-interest.ts';
import type { RemoteMember } from '../peers/remote-member.ts';
import type { Subscription } from '../session/subscription.ts';
import type { TopicKey } from '../topics/topic-key.ts';
import { TopicTrie } from '../topics/topic-trie.ts';
import { MemberChoice, type ShareStrategy } from './member-choice.ts';
import type { IndexEntry } from './route-compiler.ts';
import { type GroupMember, SharedGroup } from './shared-group.ts';

/** Who is told when an exact filter's subscribers change. */
export interface IndexListener {
  /** True: a change of a shared group's members outdates the routes to the group. */
  readonly dependsOnMembers?: boolean;
  exactFilterChanged(filterKey: TopicKey): void;
}

/** Who is told what is subscribed to, here and on other shards; the broker's own subscriptions do not count. */
export interface FilterWatcher {
  /** One more entry has this filter: a subscription, a shared group, another shard. */
  filterAdded(filterKey: TopicKey): void;
  filterRemoved(filterKey: TopicKey): void;
}

/**
 * All subscriptions, by filter, and what other shards subscribe to. A change to an exact filter is announced; a change to a wildcard filter raises
 * `generation`, which outdates every route at once.
 */
export class SubscriptionIndex {
  /** Raised by each change whose reach is not one topic. */
  generation = 0;
  readonly #trie = new TopicTrie<IndexEntry>();
  readonly #groups = new Map<string, SharedGroup>();
  readonly #listener: IndexListener;
  readonly #strategy: ShareStrategy;
  /** Null where there is one shard. */
  readonly #local: LocalInterest | null;
  readonly #watchers: FilterWatcher[] = [];
  readonly #matched: (readonly IndexEntry[])[] = [];
  #size = 0;
  #sharedSize = 0;

  constructor(strategy: ShareStrategy, listener: IndexListener, local: LocalInterest | null = null) {
    this.#strategy = strategy;
    this.#listener = listener;
    this.#local = local;
  }

  /** Subscriptions of this shard in all, members of shared groups each counted. */
  get size(): number {
    return this.#size;
  }

  /** Groups with members on whatever shard. */
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

  /** `watcher` is told from now on. */
  watch(watcher: FilterWatcher): void {
    this.#watchers.push(watcher);
  }

  /** Adds a subscription that is not there yet. @param shareName '' when it is not shared */
  add(subscription: Subscription, shareName: string): void {
    const { topicFilter, filterKey, hasWildcard } = subscription;
    this.#size++;
    if (shareName === '') {
      this.#addEntry(filterKey, hasWildcard, subscription);
    } else {
      this.#sharedSize++;
      subscription.group = this.#join(topicFilter, filterKey, hasWildcard, subscription);
    }
    this.#local?.added(subscription);
  }

  /** Removes a subscription that is there; with its last member a shared group goes too. */
  remove(subscription: Subscription): void {
    const { topicFilter, filterKey, hasWildcard, group } = subscription;
    this.#size--;
    if (group === null) {
      this.#removeEntry(filterKey, hasWildcard, subscription);
    } else {
      this.#sharedSize--;
      subscription.group = null;
      this.#leave(topicFilter, group, subscription);
    }
    this.#local?.removed(subscription);
  }

  /** Somebody on another shard subscribes to a filter. */
  addInterest(filterKey: TopicKey, hasWildcard: boolean, interest: PeerInterest): void {
    this.#addEntry(filterKey, hasWildcard, interest);
  }

  removeInterest(filterKey: TopicKey, hasWildcard: boolean, interest: PeerInterest): void {
    this.#removeEntry(filterKey, hasWildcard, interest);
  }

  addRemoteMember(member: RemoteMember, filterKey: TopicKey, hasWildcard: boolean): void {
    this.#join(member.topicFilter, filterKey, hasWildcard, member);
  }

  removeRemoteMember(member: RemoteMember): void {
    const group = this.#groups.get(member.topicFilter);
    if (group !== undefined) this.#leave(member.topicFilter, group, member);
  }

  /** The group of a shared subscription, named by its whole filter. */
  group(topicFilter: string): SharedGroup | undefined {
    return this.#groups.get(topicFilter);
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

  /** Whether a subscription of this shard matches the topic, shared ones aside. */
  hasReceiver(topicKey: TopicKey): boolean {
    const lists = this.#matched;
    this.#trie.match(topicKey, lists);
    const isThere = lists.some(hasSubscription);
    lists.length = 0;
    return isThere;
  }

  /** Appends to `lists` the entries of every filter that matches; they are borrowed until the next change. */
  match(topicKey: TopicKey, lists: (readonly IndexEntry[])[]): void {
    this.#trie.match(topicKey, lists);
  }

  #addEntry(filterKey: TopicKey, hasWildcard: boolean, entry: IndexEntry): void {
    this.#trie.add(filterKey, hasWildcard, entry);
    this.changed(filterKey, hasWildcard);
    if (!isOwn(entry)) for (const watcher of this.#watchers) watcher.filterAdded(filterKey);
  }

  #removeEntry(filterKey: TopicKey, hasWildcard: boolean, entry: IndexEntry): void {
    this.#trie.remove(filterKey, hasWildcard, entry);
    this.changed(filterKey, hasWildcard);
    if (!isOwn(entry)) for (const watcher of this.#watchers) watcher.filterRemoved(filterKey);
  }

  #join(topicFilter: string, filterKey: TopicKey, hasWildcard: boolean, member: GroupMember): SharedGroup {
    let group = this.#groups.get(topicFilter);
    if (group === undefined) {
      group = new SharedGroup(filterKey, hasWildcard, new MemberChoice(this.#strategy, Math.random));
      this.#groups.set(topicFilter, group);
      this.#addEntry(filterKey, hasWildcard, group);
    }
    group.join(member);
    if (this.#listener.dependsOnMembers === true) this.changed(filterKey, hasWildcard);
    return group;
  }

  #leave(topicFilter: string, group: SharedGroup, member: GroupMember): void {
    const { filterKey, hasWildcard } = group;
    group.leave(member);
    if (group.members.length === 0) {
      this.#groups.delete(topicFilter);
      this.#removeEntry(filterKey, hasWildcard, group);
    } else if (this.#listener.dependsOnMembers === true) this.changed(filterKey, hasWildcard);
  }
}

function hasSubscription(entries: readonly IndexEntry[]): boolean {
  return entries.some((entry) => 'session' in entry);
}

function isOwn(entry: IndexEntry): boolean {
  return 'session' in entry && entry.session.isOwn;
}
