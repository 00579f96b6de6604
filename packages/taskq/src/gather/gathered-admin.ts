import {
  type AdminEvent,
  type AdminPort,
  type AdminPublish,
  type BrokerFigures,
  type ClientCriteria,
  type ClientOrderFailure,
  type ClientSubscriptions,
  type ClientSummary,
  type ClientView,
  type Clock,
  type Logger,
  type Placement,
  type RetainedView,
  type SubscriptionCriteria,
  type SubscriptionView,
  type TopicTreeNode,
  topicTreeOf,
  WalkPace,
} from '@nanomq-ts/core';
import { GatheredEvents } from './gathered-events.ts';
import type { GatheredShards } from './gathered-shards.ts';
import type { ShardsOwnAdmin } from './remote-admin.ts';

/** What gathering stands on. */
export interface GatheredAdminParts {
  readonly shards: GatheredShards;
  /** The shard that holds the client identifier; undefined when nobody does. */
  readonly holderOf: (clientId: string) => Placement | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Qos = SubscriptionView['qos'];

/**
 * The administration of all shards as one broker. Lists come from one shard after the other; an order concerning a
 * client goes to the shard that holds it; what all shards have in common (retained messages, publishing) is the hub's.
 */
export class GatheredAdmin implements AdminPort {
  readonly #shards: GatheredShards;
  readonly #holderOf: GatheredAdminParts['holderOf'];
  readonly #clock: Clock;
  readonly #pace: WalkPace;
  readonly #events: GatheredEvents;

  constructor({ shards, holderOf, clock, logger }: GatheredAdminParts) {
    this.#shards = shards;
    this.#holderOf = holderOf;
    this.#clock = clock;
    this.#pace = new WalkPace(clock);
    this.#events = new GatheredEvents(shards, clock, logger);
  }

  figures(): Promise<BrokerFigures> {
    return this.#shards.figures();
  }

  clients(criteria: ClientCriteria): AsyncIterable<readonly ClientView[]> {
    return this.#oneAfterTheOther(criteria.clientId, (admin) => admin.clients(criteria));
  }

  clientSummaries(): AsyncIterable<readonly ClientSummary[]> {
    return this.#oneAfterTheOther(undefined, (admin) => admin.clientSummaries());
  }

  clientSubscriptions(): AsyncIterable<readonly ClientSubscriptions[]> {
    return this.#oneAfterTheOther(undefined, (admin) => admin.clientSubscriptions());
  }

  subscriptions(criteria: SubscriptionCriteria): AsyncIterable<readonly SubscriptionView[]> {
    return this.#oneAfterTheOther(criteria.clientId, (admin) => admin.subscriptions(criteria));
  }

  topicTree(): Promise<readonly (readonly TopicTreeNode[])[]> {
    return topicTreeOf(this.subscriptions({}), this.#pace);
  }

  kick(clientId: string): Promise<'kicked' | ClientOrderFailure> {
    return this.#adminOf(clientId).kick(clientId);
  }

  /** On the shard of the client on whose behalf it is, if it has one: No Local is known there. */
  async publish(message: AdminPublish): Promise<void> {
    await this.#adminOf(message.clientId).publish(message);
    await this.#turnEnds();
  }

  subscribe(clientId: string, topicFilter: string, qos: Qos): Promise<'subscribed' | 'unknown-client'> {
    return this.#adminOf(clientId).subscribe(clientId, topicFilter, qos);
  }

  unsubscribe(clientId: string, topicFilter: string): Promise<'unsubscribed' | 'unknown-client' | 'unknown-filter'> {
    return this.#adminOf(clientId).unsubscribe(clientId, topicFilter);
  }

  retained(topicFilter: string): AsyncIterable<readonly RetainedView[]> {
    return this.#shards.hub.retained(topicFilter);
  }

  retainedMessage(topicName: string): Promise<RetainedView | undefined> {
    return this.#shards.hub.retainedMessage(topicName);
  }

  async deleteRetained(topicFilter: string): Promise<number> {
    const deleted = await this.#shards.hub.deleteRetained(topicFilter);
    await this.#turnEnds();
    return deleted;
  }

  events(listener: (event: AdminEvent) => void): () => void {
    return this.#events.add(listener);
  }

  /** Settles when the hub has sent off what it has to tell the shards: whoever is answered then can rely on it. */
  #turnEnds(): Promise<void> {
    return new Promise((done) => this.#clock.afterTurn(done));
  }

  /** The hub has no clients, and so says what is to be said of one that nobody has. */
  #adminOf(clientId: string): ShardsOwnAdmin {
    const holder = this.#holderOf(clientId);
    return (holder === undefined ? undefined : this.#shards.find(holder)?.admin) ?? this.#shards.hub;
  }

  async *#oneAfterTheOther<View>(
    clientId: string | undefined,
    list: (admin: ShardsOwnAdmin) => AsyncIterable<readonly View[]>,
  ): AsyncGenerator<readonly View[], void, undefined> {
    if (clientId !== undefined) return yield* list(this.#adminOf(clientId));
    for (const { id } of this.#shards.all) {
      const shard = this.#shards.find(id);
      try {
        if (shard !== undefined) yield* list(shard.admin);
      } catch (error) {
        // It may have gone while it was listed, as it may while another one was, and its clients with it.
        if (this.#shards.find(id) !== undefined) throw error;
      }
    }
  }
}
