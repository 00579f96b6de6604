import { filterMatches, topicKeyOf, topicNameFault } from '@nanomq-ts/core';
import type { ForwardRule, SubscriptionRule } from '../bridge-options.ts';
import { filtersOverlap } from '../topics/filters-overlap.ts';
import { plainFilter } from '../topics/plain-filter.ts';
import { rewriteTopic } from '../topics/rewrite-topic.ts';
import { MOST_COPIES } from './copies.ts';

/** What becomes of one topic for one forward. */
export interface PlannedCopy {
  /** Topic name at the remote broker; null = unchanged. */
  readonly topicName: Buffer | null;
  /** At most this; -1 = as it comes. */
  readonly qos: number;
  /** 1, 0; -1 = as it comes. */
  readonly retain: number;
}

/** What becomes of one topic. */
export interface ForwardPlan {
  readonly topicKey: string;
  readonly copies: readonly PlannedCopy[];
  /** Connection the topic goes by; always the same one, so that its messages keep their order. */
  readonly connection: number;
}

const MAX_NAME_BYTES = 0xffff;

/** Decides what is forwarded, and by which of the connections. */
export class ForwardPlanner {
  readonly #rules: readonly { readonly rule: ForwardRule; readonly filterKey: string; readonly isPinned: boolean }[];
  readonly #connections: number;

  /**
   * What may come back by a subscription goes by the first connection, which has the subscriptions: only there does
   * the remote broker know that it came from us. @param connections  1 or more
   */
  constructor(forwards: readonly ForwardRule[], subscriptions: readonly SubscriptionRule[], connections: number) {
    this.#connections = connections;
    this.#rules = forwards.map((rule) => ({
      rule,
      filterKey: topicKeyOf(plainFilter(rule.localTopic)),
      isPinned: subscriptions.some(({ remoteTopic }) => filtersOverlap(reachOf(rule), plainFilter(remoteTopic))),
    }));
  }

  /** @param topicKey  of a local message */
  plan(topicKey: string): ForwardPlan {
    const matching = this.#rules.filter(({ filterKey }) => filterMatches(filterKey, topicKey)).slice(0, MOST_COPIES);
    const copies = matching.flatMap(({ rule, filterKey }) => {
      const { remoteTopic, prefix, suffix, qos = -1, retain } = rule;
      const key = rewriteTopic(
        { filter: filterKey, target: topicKeyOf(remoteTopic), prefix: topicKeyOf(prefix), suffix: topicKeyOf(suffix) },
        topicKey,
      );
      if (key.length > MAX_NAME_BYTES || topicNameFault(key, Infinity) !== '') return [];
      const topicName = key === topicKey ? null : Buffer.from(key, 'latin1');
      return [{ topicName, qos, retain: retain === undefined ? -1 : Number(retain) }];
    });
    const isPinned = matching.some((match) => match.isPinned);
    return { topicKey, copies, connection: isPinned ? 0 : hashOf(topicKey) % this.#connections };
  }
}

/** How many forwards may take the same message at most. */
export function mostCopies(forwards: readonly ForwardRule[]): number {
  const counts = forwards.map(
    ({ localTopic: one }) =>
      forwards.filter((other) => filtersOverlap(plainFilter(one), plainFilter(other.localTopic))).length,
  );
  return Math.max(1, ...counts);
}

/** A filter for everything that a forward publishes at the remote broker, or more. */
function reachOf({ localTopic, remoteTopic, prefix, suffix }: ForwardRule): string {
  const plain = remoteTopic === '' ? plainFilter(localTopic) : remoteTopic;
  return prefix + suffix === '' ? plain : '#';
}

/** FNV-1a, 32 bits. */
function hashOf(topicKey: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < topicKey.length; i++) hash = Math.imul(hash ^ topicKey.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
