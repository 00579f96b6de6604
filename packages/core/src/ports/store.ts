import type { Qos } from '@nanomq-ts/codec';

/** A durable session without its messages. */
export interface SessionRecord {
  readonly clientId: string;
  /** Seconds; 0xffffffff = never. */
  readonly sessionExpirySeconds: number;
}

/** A subscription of a durable session. */
export interface SubscriptionRecord {
  readonly topicFilter: string;
  readonly qos: Qos;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  readonly subscriptionIdentifier: number;
}

/**
 * Where durable state goes. The core keeps the working copy in its own memory and tells the store each change;
 * the store says when what it was told is safe. Only sessions with an expiry above zero are told.
 *
 * `frame` bytes are borrowed for the call: a whole PUBLISH frame. Every method returns at once and never throws;
 * changes that could not be made safe stay uncommitted, so that nothing is acknowledged which depends on them.
 * What it does not carry yet is in `docs/durability.md`.
 */
export interface Store {
  sessionSaved(record: SessionRecord): void;
  sessionRemoved(clientId: string): void;
  subscriptionSaved(clientId: string, record: SubscriptionRecord): void;
  subscriptionRemoved(clientId: string, topicFilter: string): void;
  /** A QoS 1 or 2 message waits for this session under `sequence`, unique per session. */
  messageAdded(clientId: string, sequence: number, frame: Buffer, start: number, end: number): void;
  /** It was acknowledged (or dropped). */
  messageRemoved(clientId: string, sequence: number): void;
  /** An inbound QoS 2 packet identifier was taken or freed. */
  inboundIdAdded(clientId: string, packetId: number): void;
  inboundIdRemoved(clientId: string, packetId: number): void;
  retainedSaved(topicKey: string, frame: Buffer): void;
  retainedRemoved(topicKey: string): void;
  /** How many changes were handed over since the start. */
  readonly handedOver: number;
  /** How many of them are safe; equal to `handedOver` when nothing is open. */
  readonly committed: number;
  /** Called whenever `committed` has grown. One listener. */
  onCommitted(listener: () => void): void;
}
