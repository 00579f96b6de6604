import type { Qos } from '@nanomq-ts/codec';

/** A message as a receiver in this process gets it. Everything is its own. */
export interface LocalMessage {
  readonly topicName: string;
  readonly payload: Buffer;
  /** The lower of what it was published with and what was subscribed to. */
  readonly qos: Qos;
  /** It was retained when the subscription was made, or `retainAsPublished` was asked for. */
  readonly retain: boolean;
  /** Encoded PUBLISH properties without their length; well formed. */
  readonly properties: Buffer;
  /** 0 for QoS 0. */
  readonly packetId: number;
}
