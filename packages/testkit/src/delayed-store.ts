import type { SessionRecord, Store, SubscriptionRecord } from '@nanomq-ts/core';

/** One change as the store was told of it: the method and what it was given, bytes as text. */
export type StoredChange = readonly [method: string, ...details: (string | number)[]];

/** A store that takes everything at once and calls it safe only when the test says so. */
export class DelayedStore implements Store {
  /** Everything it was told, in order. */
  readonly changes: StoredChange[] = [];
  #committed = 0;
  #listener: () => void = () => {};

  get handedOver(): number {
    return this.changes.length;
  }

  get committed(): number {
    return this.#committed;
  }

  onCommitted(listener: () => void): void {
    this.#listener = listener;
  }

  /** Makes the oldest `count` uncommitted changes safe, all of them when left out, and says so. */
  commit(count = this.handedOver - this.#committed): void {
    this.#committed = Math.min(this.handedOver, this.#committed + count);
    this.#listener();
  }

  sessionSaved({ clientId, sessionExpirySeconds }: SessionRecord): void {
    this.changes.push(['sessionSaved', clientId, sessionExpirySeconds]);
  }

  sessionRemoved(clientId: string): void {
    this.changes.push(['sessionRemoved', clientId]);
  }

  subscriptionSaved(clientId: string, { topicFilter, qos }: SubscriptionRecord): void {
    this.changes.push(['subscriptionSaved', clientId, topicFilter, qos]);
  }

  subscriptionRemoved(clientId: string, topicFilter: string): void {
    this.changes.push(['subscriptionRemoved', clientId, topicFilter]);
  }

  messageAdded(clientId: string, sequence: number, frame: Buffer, start: number, end: number): void {
    this.changes.push(['messageAdded', clientId, sequence, frame.toString('hex', start, end)]);
  }

  messageRemoved(clientId: string, sequence: number): void {
    this.changes.push(['messageRemoved', clientId, sequence]);
  }

  inboundIdAdded(clientId: string, packetId: number): void {
    this.changes.push(['inboundIdAdded', clientId, packetId]);
  }

  inboundIdRemoved(clientId: string, packetId: number): void {
    this.changes.push(['inboundIdRemoved', clientId, packetId]);
  }

  retainedSaved(topicKey: string, frame: Buffer): void {
    this.changes.push(['retainedSaved', topicKey, frame.toString('hex')]);
  }

  retainedRemoved(topicKey: string): void {
    this.changes.push(['retainedRemoved', topicKey]);
  }
}
