import { isUtf8 } from 'node:buffer';
import { MqttError, PublishProperties, ReasonCode } from '@nanomq-ts/codec';
import { checkLocalTopicName } from '../local/local-topic.ts';
import type { AdminPublish } from '../ports/admin.ts';
import { buildPublish } from '../session/build-publish.ts';
import type { Shard } from '../shard.ts';
import { topicKeyOf } from '../topics/topic-key.ts';
import { AdminError } from './admin-error.ts';
import { encodeProperties } from './encode-properties.ts';
import { refusedAs } from './refused-as.ts';

/** Only the broker itself publishes there. */
const SYSTEM_TOPIC = /^\$SYS(?:\/|$)/;

/**
 * Publishes on somebody's behalf under the rules for clients. The payload is copied before this returns.
 * @returns settles when the message is routed, the other shards have been told what is retained, and what must be durable
 *   is safe
 * @throws AdminError (rejects) INVALID_MESSAGE that names the fault, NOT_AUTHORIZED
 */
export async function publishFor(shard: Shard, message: AdminPublish): Promise<void> {
  const frame = refusedAs('INVALID_MESSAGE', () => frameOf(shard, message));
  const { clientId, topicName, retain } = message;
  if (SYSTEM_TOPIC.test(topicName)) throw new AdminError('NOT_AUTHORIZED', 'only the broker publishes to $SYS');
  if (shard.access.checksPublish) {
    const principal = { clientId, username: undefined, remoteAddress: '' };
    const reasonCode = await shard.access.publish(principal, topicName, retain);
    if (reasonCode >= ReasonCode.UnspecifiedError) throw notAuthorized(clientId);
  }
  shard.publishOwn(frame, clientId);
  const room = retain ? shard.peers.whenRoom() : null;
  await shard.gate.whenSafe();
  await room;
}

/** Names the client: whoever calls the API may not know that it publishes as one. */
function notAuthorized(clientId: string): AdminError {
  return new AdminError(
    'NOT_AUTHORIZED',
    `the access rules do not let client ${JSON.stringify(clientId)} publish to it`,
  );
}

/** The message as a frame of MQTT 5.0, checked like one that came from a client. */
function frameOf({ options }: Shard, message: AdminPublish): Buffer {
  const { topicName, payload, qos, retain } = message;
  checkLocalTopicName(topicName, options.maxTopicLevels);
  const properties = encodeProperties(message.properties);
  const found = new PublishProperties();
  found.scan(properties, 0, properties.length, true, options.maxUserProperties);
  if (found.payloadFormat === 1 && !isUtf8(payload)) throw new MqttError('PAYLOAD_FORMAT_INVALID');
  const frame = buildPublish(topicKeyOf(topicName), payload, qos, retain, properties);
  if (frame.length > options.maxPacketBytes) throw new MqttError('PACKET_TOO_LARGE');
  return frame;
}
