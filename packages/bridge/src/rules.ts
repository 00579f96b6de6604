import { parseTopicFilter } from '@nanomq-ts/core';
import type { BridgeOptions, ForwardRule, SubscriptionRule } from './bridge-options.ts';
import { plainFilter } from './topics/plain-filter.ts';
import { rewritingFault } from './topics/rewrite-topic.ts';

/** The rules of a bridge that can be kept, and why the others cannot. */
export interface CheckedRules {
  readonly forwards: readonly ForwardRule[];
  readonly subscriptions: readonly SubscriptionRule[];
  /** For people; one for each rule left out. */
  readonly faults: readonly string[];
}

const EVERYTHING: ForwardRule = { localTopic: '#', remoteTopic: '', prefix: '', suffix: '' };

/** Leaves out what cannot work, so that one wrong line does not stop the whole bridge. */
export function checkRules({ forwards, subscriptions, transparent }: BridgeOptions): CheckedRules {
  const faults: string[] = [];
  const keep = (what: string, filter: string, fault: string): boolean => {
    if (fault !== '') faults.push(`${what} "${filter}" is left out: ${fault}`);
    return fault === '';
  };
  const kept = forwards.filter((rule) => keep('the forward', rule.localTopic, forwardFault(rule)));
  return {
    forwards: transparent && kept.every(({ localTopic }) => localTopic !== '#') ? [...kept, EVERYTHING] : kept,
    subscriptions: subscriptions.filter((rule) => keep('the subscription', rule.remoteTopic, subscriptionFault(rule))),
    faults,
  };
}

function forwardFault({ localTopic, remoteTopic, prefix, suffix }: ForwardRule): string {
  const filter = plainFilter(localTopic);
  if (filter === '$SYS' || filter.startsWith('$SYS/')) return '$SYS never leaves this broker';
  return filterFault(localTopic) || rewritingFault({ filter, target: remoteTopic, prefix, suffix });
}

/** Why the remote topic or the rewriting of a subscription cannot be, or ''. */
export function subscriptionFault({ localTopic, remoteTopic, prefix, suffix }: SubscriptionRule): string {
  const filter = plainFilter(remoteTopic);
  return filterFault(remoteTopic) || rewritingFault({ filter, target: localTopic, prefix, suffix });
}

function filterFault(topicFilter: string): string {
  const parsed = parseTopicFilter(topicFilter, Infinity);
  return typeof parsed === 'string' ? parsed : '';
}
