import { isUtf8 } from 'node:buffer';
import { MqttError, PublishProperties, type Qos } from '@nanomq-ts/codec';
import type { Delivered } from '../routing/delivered.ts';
import type { Shard } from '../shard.ts';
import { checkLocalTopicName } from './local-topic.ts';

/** What a PUBLISH says beyond topic name and payload. */
export interface LocalPublishOptions {
  readonly qos: Qos;
  readonly retain: boolean;
  /** Encoded PUBLISH properties without their length; what only a connection can mean (topic alias) is refused. */
  readonly properties: Buffer;
}

/**
 * Publishes for a program in this process, which is trusted but may be wrong: everything is checked as if it came from
 * a client. Routed when it returns; `shard.gate.whenSafe()` tells when it is committed.
 * @throws MqttError TOPIC_NAME_INVALID (0x90), property errors, PAYLOAD_FORMAT_INVALID (0x99),
 *   TOPIC_ALIAS_INVALID (0x94); RangeError for a QoS that is none or a message above the largest MQTT packet
 */
export function publishLocal(
  shard: Shard,
  topicName: string,
  payload: Buffer,
  { qos, retain, properties }: LocalPublishOptions,
): Delivered {
  checkLocalTopicName(topicName, shard.options.maxTopicLevels);
  if (qos !== 0 && qos !== 1 && qos !== 2) throw new RangeError(`QoS ${String(qos)} is none of 0, 1 and 2`);
  // Not the shard's: this may run inside a hook that a handler waits for.
  const found = new PublishProperties();
  found.scan(properties, 0, properties.length, true, shard.options.maxUserProperties);
  if (found.topicAlias > 0) throw new MqttError('TOPIC_ALIAS_INVALID', { detail: 'without a connection' });
  if (found.payloadFormat === 1 && !isUtf8(payload)) throw new MqttError('PAYLOAD_FORMAT_INVALID');
  return shard.publish(topicName, payload, { qos, retain, properties });
}
