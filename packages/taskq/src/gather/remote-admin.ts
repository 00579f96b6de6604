import {
  AdminError,
  type AdminEvent,
  type AdminPort,
  type AdminPublish,
  type BrokerFigures,
  type ClientCriteria,
  type ClientOrderFailure,
  type ClientSubscriptions,
  type ClientSummary,
  type ClientView,
  type SubscriptionCriteria,
  type SubscriptionView,
} from '@nanomq-ts/core';
import type { AdminBatch, AdminList, AdminQuestion, ToldEvent } from './admin-question.ts';

/** How long a shard may take for one answer, in milliseconds. */
export const ANSWER_LIMIT_MS = 5000;

/** Puts a question to the shard's `AdminDesk`. */
export type AskAdmin = <Answer>(question: AdminQuestion) => Promise<Answer>;

/** What is asked of a shard: what all shards have in common is the hub's. */
export type ShardsOwnAdmin = Omit<AdminPort, 'retained' | 'retainedMessage' | 'deleteRetained' | 'topicTree'>;

/** The administration of a shard in another thread. */
export class RemoteAdmin implements ShardsOwnAdmin {
  readonly #ask: AskAdmin;
  #listeners: readonly ((event: AdminEvent) => void)[] = [];

  constructor(ask: AskAdmin) {
    this.#ask = ask;
  }

  figures(): Promise<BrokerFigures> {
    return this.#ask({ kind: 'figures' });
  }

  clients(criteria: ClientCriteria): AsyncIterable<readonly ClientView[]> {
    return this.#clients(criteria);
  }

  clientSummaries(): AsyncIterable<readonly ClientSummary[]> {
    return this.#batches({ name: 'clientSummaries' });
  }

  clientSubscriptions(): AsyncIterable<readonly ClientSubscriptions[]> {
    return this.#batches({ name: 'clientSubscriptions' });
  }

  subscriptions(criteria: SubscriptionCriteria): AsyncIterable<readonly SubscriptionView[]> {
    return this.#batches({ name: 'subscriptions', criteria });
  }

  kick(clientId: string): Promise<'kicked' | ClientOrderFailure> {
    return this.#ask({ kind: 'kick', clientId });
  }

  subscribe(
    clientId: string,
    topicFilter: string,
    qos: SubscriptionView['qos'],
  ): Promise<'subscribed' | 'unknown-client'> {
    return this.#ask({ kind: 'subscribe', clientId, topicFilter, qos });
  }

  unsubscribe(clientId: string, topicFilter: string): Promise<'unsubscribed' | 'unknown-client' | 'unknown-filter'> {
    return this.#ask({ kind: 'unsubscribe', clientId, topicFilter });
  }

  publish(message: AdminPublish): Promise<void> {
    return this.#ask({ kind: 'publish', message });
  }

  /** Events come from when the shard has heard of the first listener. */
  events(listener: (event: AdminEvent) => void): () => void {
    const entry = (event: AdminEvent) => listener(event);
    if (this.#listeners.length === 0) this.#switchEvents(true);
    this.#listeners = [...this.#listeners, entry];
    return () => {
      if (!this.#listeners.includes(entry)) return;
      this.#listeners = this.#listeners.filter((other) => other !== entry);
      if (this.#listeners.length === 0) this.#switchEvents(false);
    };
  }

  /** The shard has told an event. */
  eventTold(told: ToldEvent): void {
    const event = told.type === 'connected' ? { ...told, client: withBuffer(told.client) } : told;
    for (const listener of this.#listeners) listener(event);
  }

  /** Whether it could be done is nobody's concern: a shard that has ended tells nothing. */
  #switchEvents(isOn: boolean): void {
    this.#ask({ kind: 'events', isOn }).catch(() => undefined);
  }

  async *#clients(criteria: ClientCriteria): AsyncGenerator<readonly ClientView[], void, undefined> {
    for await (const batch of this.#batches<ClientView>({ name: 'clients', criteria })) yield batch.map(withBuffer);
  }

  async *#batches<View extends AdminBatch[number]>(list: AdminList): AsyncGenerator<readonly View[], void, undefined> {
    const listId = await this.#ask<number>({ kind: 'openList', list });
    try {
      for (;;) {
        const batch = await this.#ask<readonly View[] | null>({ kind: 'nextBatch', listId });
        if (batch === null) return;
        yield batch;
      }
    } finally {
      // Of no use once the list is at its end, and harmless.
      this.#ask({ kind: 'closeList', listId }).catch(() => undefined);
    }
  }
}

/** @returns the error of a question that a shard did not answer in time */
export function shardTimeout(shardId: number): AdminError {
  return new AdminError('SHARD_TIMEOUT', `shard ${shardId} did not answer in time`);
}

/** A Buffer arrives as Uint8Array. */
function withBuffer(client: ClientView): ClientView {
  const { will } = client;
  if (will === null) return client;
  const { buffer, byteOffset, byteLength } = will.payload;
  return { ...client, will: { ...will, payload: Buffer.from(buffer, byteOffset, byteLength) } };
}
