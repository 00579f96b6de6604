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

interface KeyedRule {
  readonly rule: SubscriptionRule;
  readonly filterKey: string;
}

/** Decides what comes in: the first subscription that matches. */
export class SubscriptionPlanner {
  readonly #rules: readonly KeyedRule[];
  readonly #isTransparent: boolean;

  /** @param isTransparent  what no subscription asks for comes in unchanged */
  constructor(subscriptions: readonly SubscriptionRule[], isTransparent: boolean) {
    this.#isTransparent = isTransparent;
    this.#rules = subscriptions.map((rule) => ({
      rule,
      filterKey: topicKeyOf(plainFilter(rule.remoteTopic)),
    }));
  }

  /** @param topicKey  of a message of the remote broker @param maxLevels  of a topic name here */
  plan(topicKey: string, maxLevels: number): SubscriptionPlan {
    const match = this.#rules.find(({ filterKey }) => filterMatches(filterKey, topicKey));
    if (match === undefined && !this.#isTransparent) return null;
    const key = match === undefined ? topicKey : rewritten(match, topicKey);
    if (key.length > MAX_NAME_BYTES || topicNameFault(key, maxLevels) !== '') return null;
    const topicName = key === topicKey ? null : Buffer.from(key, 'latin1');
    return { topicName, retain: match?.rule.retain === undefined ? -1 : Number(match.rule.retain) };
  }
}

function rewritten({ rule, filterKey }: KeyedRule, topicKey: string): string {
  const { localTopic, prefix, suffix } = rule;
  const texts = { target: topicKeyOf(localTopic), prefix: topicKeyOf(prefix), suffix: topicKeyOf(suffix) };
  return rewriteTopic({ filter: filterKey, ...texts }, topicKey);
}
