import type { AdminPort, AdminPublish, ClientView } from '@nanomq-ts/core';
import type { AdminBatch, AdminList, AdminQuestion, ToldEvent } from './admin-question.ts';

/**
 * Views that go over in one answer at least, unless the list ends: a message costs as much as several of them. With one
 * more batch, the largest a shard gives has 64, an answer stays within the 100 that the port promises.
 */
const ANSWER_VIEWS = 36;

/** Answers for the administration of a shard what `RemoteAdmin` asks from the main thread. */
export class AdminDesk {
  readonly #admin: AdminPort;
  readonly #tell: (event: ToldEvent) => void;
  readonly #lists = new Map<number, AsyncIterator<AdminBatch>>();
  #lastListId = 0;
  #stopEvents: (() => void) | null = null;

  constructor(admin: AdminPort, tell: (event: ToldEvent) => void) {
    this.#admin = admin;
    this.#tell = tell;
  }

  /** @returns the answer, structured-cloneable. @throws AdminError as the administration does */
  async answer(question: AdminQuestion): Promise<unknown> {
    const admin = this.#admin;
    switch (question.kind) {
      case 'figures':
        return admin.figures();
      case 'openList':
        return this.#open(question.list);
      case 'nextBatch':
        return this.#next(question.listId);
      case 'closeList':
        await this.#lists.get(question.listId)?.return?.();
        return void this.#lists.delete(question.listId);
      case 'kick':
        return admin.kick(question.clientId);
      case 'subscribe':
        return admin.subscribe(question.clientId, question.topicFilter, question.qos);
      case 'unsubscribe':
        return admin.unsubscribe(question.clientId, question.topicFilter);
      case 'publish':
        return admin.publish(withBuffers(question.message));
      case 'events':
        return this.#switchEvents(question.isOn);
      default:
        return question satisfies never;
    }
  }

  #open(list: AdminList): number {
    const listId = ++this.#lastListId;
    this.#lists.set(listId, this.#batchesOf(list)[Symbol.asyncIterator]());
    return listId;
  }

  #batchesOf(list: AdminList): AsyncIterable<AdminBatch> {
    switch (list.name) {
      case 'clients':
        return this.#clients(list.criteria);
      case 'clientSummaries':
        return this.#admin.clientSummaries();
      case 'clientSubscriptions':
        return this.#admin.clientSubscriptions();
      case 'subscriptions':
        return this.#admin.subscriptions(list.criteria);
      default:
        return list satisfies never;
    }
  }

  async *#clients(criteria: Parameters<AdminPort['clients']>[0]): AsyncGenerator<AdminBatch> {
    for await (const batch of this.#admin.clients(criteria)) yield batch.map(withOwnBytes);
  }

  async #next(listId: number): Promise<AdminBatch | null> {
    const list = this.#lists.get(listId);
    const views: AdminBatch[number][] = [];
    while (list !== undefined && views.length < ANSWER_VIEWS) {
      const step = await list.next();
      if (step.done === true) break;
      views.push(...step.value);
    }
    if (views.length > 0) return views;
    this.#lists.delete(listId);
    return null;
  }

  #switchEvents(isOn: boolean): void {
    if (isOn) this.#stopEvents ??= this.#admin.events((event) => this.#pass(event));
    else {
      this.#stopEvents?.();
      this.#stopEvents = null;
    }
  }

  #pass(event: Parameters<Parameters<AdminPort['events']>[0]>[0]): void {
    if (event.type === 'dropped') return;
    this.#tell(event.type === 'connected' ? { ...event, client: withOwnBytes(event.client) } : event);
  }
}

/** A Buffer arrives as Uint8Array. */
function withBuffers(message: AdminPublish): AdminPublish {
  const { payload, properties } = message;
  const { correlationData } = properties;
  const kept = correlationData === undefined ? {} : { correlationData: Buffer.from(correlationData) };
  return { ...message, payload: Buffer.from(payload), properties: { ...properties, ...kept } };
}

/** A structured clone of a Buffer takes the whole pool along that it lies in. */
function withOwnBytes(client: ClientView): ClientView {
  const { will } = client;
  if (will === null) return client;
  const payload = Buffer.from(new Uint8Array(will.payload).buffer);
  return { ...client, will: { ...will, payload } };
}
