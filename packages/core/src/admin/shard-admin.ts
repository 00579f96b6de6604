import type { Qos } from '@nanomq-ts/codec';
import type {
  AdminEvent,
  AdminPort,
  AdminPublish,
  BrokerFigures,
  ClientCriteria,
  ClientOrderFailure,
  ClientSubscriptions,
  ClientSummary,
  ClientView,
  RetainedView,
  SubscriptionCriteria,
  SubscriptionView,
  TopicTreeNode,
} from '../ports/admin.ts';
import type { Clock } from '../ports/clock.ts';
import type { Session } from '../session/session.ts';
import type { Shard } from '../shard.ts';
import { inBatches, viewsInBatches } from './batches.ts';
import { ClientSummaries } from './client-summaries.ts';
import { clientView, meetsCriteria, sessionsFor } from './client-views.ts';
import { EventFeed } from './event-feed.ts';
import { figuresOf } from './figures.ts';
import { publishFor } from './publish-order.ts';
import {
  parseRetainedFilter,
  retainedMessage,
  retainedSteps,
  retainedTopics,
  retainedViews,
} from './retained-views.ts';
import { kickClient, subscribeClient, unsubscribeClient } from './session-orders.ts';
import { clientSubscriptions, subscriptionsOf, subscriptionView } from './subscription-views.ts';
import { levelsIn, topicTreeOf } from './topic-tree.ts';
import { type Pace, WalkPace } from './walk-pace.ts';

/** The administration of one shard: joins the files beside it. Sessions of the program's own (`local`) are not shown. */
export class ShardAdmin implements AdminPort {
  readonly #shard: Shard;
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #feed: EventFeed;
  readonly #summaries: ClientSummaries;

  /** @param pace  of the walks over lists; steps of the shard when left out */
  constructor(shard: Shard, clock: Clock, pace: Pace = new WalkPace(clock, shard.turn.steps)) {
    this.#shard = shard;
    this.#clock = clock;
    this.#pace = pace;
    this.#summaries = new ClientSummaries(shard, pace);
    this.#feed = new EventFeed(shard, clock);
  }

  async figures(): Promise<BrokerFigures> {
    return figuresOf(this.#shard);
  }

  clients(criteria: ClientCriteria): AsyncIterable<readonly ClientView[]> {
    const found = sessionsFor(this.#shard.sessions, criteria.clientId);
    const viewOf = (session: Session) => (meetsCriteria(session, criteria) ? clientView(session) : null);
    return viewsInBatches(found, viewOf, this.#pace);
  }

  clientSummaries(): AsyncIterable<readonly ClientSummary[]> {
    return this.#summaries.walk();
  }

  clientSubscriptions(): AsyncIterable<readonly ClientSubscriptions[]> {
    const sessions = this.#shard.sessions.walk();
    return viewsInBatches(sessions, clientSubscriptions, this.#pace, ({ subscriptions }) => subscriptions.length);
  }

  subscriptions(criteria: SubscriptionCriteria): AsyncIterable<readonly SubscriptionView[]> {
    return this.#subscriptions(criteria);
  }

  topicTree(): Promise<readonly (readonly TopicTreeNode[])[]> {
    return topicTreeOf(this.#subscriptions({}, levelsIn), this.#pace);
  }

  async kick(clientId: string): Promise<'kicked' | ClientOrderFailure> {
    return kickClient(this.#shard, clientId);
  }

  publish(message: AdminPublish): Promise<void> {
    return publishFor(this.#shard, message);
  }

  subscribe(clientId: string, topicFilter: string, qos: Qos): Promise<'subscribed' | 'unknown-client'> {
    return subscribeClient(this.#shard, clientId, topicFilter, qos);
  }

  unsubscribe(clientId: string, topicFilter: string): Promise<'unsubscribed' | 'unknown-client' | 'unknown-filter'> {
    return unsubscribeClient(this.#shard, clientId, topicFilter);
  }

  async *retained(topicFilter: string): AsyncGenerator<readonly RetainedView[], void, undefined> {
    const { retained, options } = this.#shard;
    const filter = parseRetainedFilter(topicFilter, options.maxTopicLevels);
    yield* inBatches(
      retainedViews(retained, filter, () => this.#clock.nowMs()),
      this.#pace,
      retainedSteps,
    );
  }

  async retainedMessage(topicName: string): Promise<RetainedView | undefined> {
    return retainedMessage(this.#shard.retained, topicName, this.#clock.nowMs());
  }

  async deleteRetained(topicFilter: string): Promise<number> {
    const { retained, options, gate, turn, peers } = this.#shard;
    const filter = parseRetainedFilter(topicFilter, options.maxTopicLevels);
    const topics = retainedTopics(retained, filter, () => this.#clock.nowMs());
    let deleted = 0;
    for await (const batch of inBatches(topics, this.#pace)) {
      // Other shards are told when it ends.
      turn.begin();
      for (const topicKey of batch) if (retained.clear(topicKey)) deleted++;
      await peers.whenRoom();
    }
    await gate.whenSafe();
    return deleted;
  }

  events(listener: (event: AdminEvent) => void): () => void {
    return this.#feed.add(listener);
  }

  #subscriptions(
    criteria: SubscriptionCriteria,
    weigh?: (view: SubscriptionView) => number,
  ): AsyncIterable<readonly SubscriptionView[]> {
    const found = subscriptionsOf(this.#shard.sessions, criteria);
    return viewsInBatches(found, (it) => (it === null ? null : subscriptionView(it)), this.#pace, weigh);
  }
}
