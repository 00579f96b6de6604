import type { Qos } from '@nanomq-ts/codec';
import { Delivered, publishLocal, type Shard } from '@nanomq-ts/core';
import { encodeMessageProperties, type MessageProperties } from './message-properties.ts';

/** How `publish` publishes. */
export interface PublishOptions {
  /** Default 0. */
  readonly qos?: Qos;
  /** Keep it for later subscribers; with an empty payload: forget the one that is kept. Default false. */
  readonly retain?: boolean;
  readonly properties?: MessageProperties;
}

/**
 * What became of a published message: at least one session took it, nobody subscribes to the topic, or the message
 * queue of every subscriber was full.
 */
export type PublishOutcome = 'delivered' | 'noSubscribers' | 'queuesFull';

const OUTCOMES: Readonly<Record<Delivered, PublishOutcome>> = {
  [Delivered.Taken]: 'delivered',
  [Delivered.NoSubscribers]: 'noSubscribers',
  [Delivered.QueuesFull]: 'queuesFull',
};

/**
 * Publishes one message on behalf of the program. The payload's bytes are copied before this returns.
 * @returns settles when the message is routed and what must be durable is safe
 * @throws MqttError TOPIC_NAME_INVALID and the errors of properties and payload; RangeError for a QoS that is none
 */
export async function publishMessage(
  shard: Shard,
  topicName: string,
  payload: string | Uint8Array,
  { qos = 0, retain = false, properties = {} }: PublishOptions,
): Promise<PublishOutcome> {
  const bytes =
    typeof payload === 'string'
      ? Buffer.from(payload)
      : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const options = { qos, retain, properties: encodeMessageProperties(properties) };
  const delivered = publishLocal(shard, topicName, bytes, options);
  await shard.gate.whenSafe();
  return OUTCOMES[delivered];
}
