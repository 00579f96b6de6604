import type { SubscriptionRequest } from '@nanomq-ts/codec';
import type { SubscriptionRule } from './bridge-options.ts';
import { plainFilter } from './topics/plain-filter.ts';

/** What SUBSCRIBE says for a rule. No Local on a shared subscription would be a protocol error. [MQTT-3.8.3-4] */
export function requestOf({
  remoteTopic,
  qos,
  noLocal,
  retainAsPublished,
  retainHandling,
}: SubscriptionRule): SubscriptionRequest {
  const isShared = plainFilter(remoteTopic) !== remoteTopic;
  return { topicFilter: remoteTopic, qos: qos ?? 0, noLocal: noLocal && !isShared, retainAsPublished, retainHandling };
}

/** The rule by which a transparent bridge repeats a subscription of this broker. */
export function repeated(topicFilter: string): SubscriptionRule {
  const terms = { noLocal: true, retainAsPublished: true, retainHandling: 0 } as const;
  return { remoteTopic: topicFilter, localTopic: '', qos: 2, prefix: '', suffix: '', ...terms };
}
