import type { Qos } from '@nanomq-ts/codec';
import type { SharedGroup } from '../routing/shared-group.ts';
import { encodeSubscriptionIds } from '../routing/subscription-ids.ts';
import type { TopicKey } from '../topics/topic-key.ts';
import type { TrieEntry } from '../topics/topic-trie.ts';
import type { Session } from './session.ts';

/** What a SUBSCRIBE says of a subscription and a later one may change. */
export type SubscriptionOptions = Pick<
  Subscription,
  'qos' | 'noLocal' | 'retainAsPublished' | 'subscriptionIdentifier'
>;

/** One subscription of one session. @see MQTT 5.0, 3.8.3.1 Subscription Options */
export class Subscription implements TrieEntry {
  slot = 0;
  readonly session: Session;
  /** As the client wrote it, with `$share/name/`. */
  readonly topicFilter: string;
  /** What topics are matched against. */
  readonly filterKey: TopicKey;
  readonly hasWildcard: boolean;
  /** The group of a shared subscription. */
  group: SharedGroup | null = null;
  qos: Qos = 0;
  noLocal = false;
  retainAsPublished = false;
  /** The broker's own alone: what was published with a lower QoS is delivered with this one's. */
  raisesQos = false;
  /** 0 = none. */
  subscriptionIdentifier = 0;
  /** The identifier as an encoded property; null = none. */
  subscriptionIds: Buffer | null = null;

  constructor(
    session: Session,
    topicFilter: string,
    filterKey: TopicKey,
    hasWildcard: boolean,
    options: SubscriptionOptions,
  ) {
    this.session = session;
    this.topicFilter = topicFilter;
    this.filterKey = filterKey;
    this.hasWildcard = hasWildcard;
    this.replace(options);
  }

  /** Takes over the options of a later SUBSCRIBE; whoever calls must outdate the routes. [MQTT-3.8.4-3] */
  replace(options: SubscriptionOptions): void {
    this.qos = options.qos;
    this.noLocal = options.noLocal;
    this.retainAsPublished = options.retainAsPublished;
    this.subscriptionIdentifier = options.subscriptionIdentifier;
    this.subscriptionIds =
      options.subscriptionIdentifier > 0 ? encodeSubscriptionIds([options.subscriptionIdentifier]) : null;
  }
}
