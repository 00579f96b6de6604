import { filterMatches, topicKeyOf, topicNameFault } from '@nanomq-ts/core';
import type { SubscriptionRule } from '../bridge-options.ts';
import { plainFilter } from '../topics/plain-filter.ts';
import { rewriteTopic } from '../topics/rewrite-topic.ts';

/** What becomes of one topic of the remote broker here; null = nothing, no subscription asks for it. */
export type SubscriptionPlan = {
  /** Topic name here; null = unchanged. */
  readonly topicName: Buffer | null;
  /** 1, 0; -1 = as it comes. */
  readonly retain: number;
} | null;

const MAX_NAME_BYTES = 0xffff;
const UNCHANGED: SubscriptionPlan = { topicName: null, retain: -1 };

/** Decides what comes in: the first subscription that matches. */
export class SubscriptionPlanner {
  readonly #rules: readonly { readonly rule: SubscriptionRule; readonly filterKey: string }[];
  readonly #isTransparent: boolean;

  /** @param isTransparent  what no subscription asks for comes in unchanged */
  constructor(subscriptions: readonly SubscriptionRule[], isTransparent: boolean) {
    this.#isTransparent = isTransparent;
    this.#rules = subscriptions.map((rule) => ({
      rule,
      filterKey: topicKeyOf(plainFilter(rule.remoteTopic)),
    }));
  }

  /** @param topicKey  of a message of the remote broker */
  plan(topicKey: string): SubscriptionPlan {
    const match = this.#rules.find(({ filterKey }) => filterMatches(filterKey, topicKey));
    if (match === undefined) return this.#isTransparent ? UNCHANGED : null;
    const { localTopic, prefix, suffix, retain } = match.rule;
    const key = rewriteTopic(
      {
        filter: match.filterKey,
        target: topicKeyOf(localTopic),
        prefix: topicKeyOf(prefix),
        suffix: topicKeyOf(suffix),
      },
      topicKey,
    );
    if (key.length > MAX_NAME_BYTES || topicNameFault(key, Infinity) !== '') return null;
    const topicName = key === topicKey ? null : Buffer.from(key, 'latin1');
    return { topicName, retain: retain === undefined ? -1 : Number(retain) };
  }
}
