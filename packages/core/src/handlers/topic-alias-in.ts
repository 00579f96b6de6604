import { MqttError, PublishFrame, type PublishProperties, PublishWriter } from '@nanomq-ts/codec';
import type { Connection } from '../connection/connection.ts';
import type { Shard } from '../shard.ts';

const ALIAS_PROPERTY_BYTES = 3;
const writer = new PublishWriter();
const resolved = new PublishFrame();
const scratch = new PublishFrame();

/**
 * Gives back the same message with its topic name and without the alias property, in bytes of its own, so that
 * nothing after this point knows of aliases. The frame is working memory, overwritten by the next call: whoever
 * keeps it past the handler copies it.
 * @throws MqttError TOPIC_ALIAS_INVALID (0x94) above the maximum, TOPIC_NAME_INVALID via the caller's route lookup,
 *   UNKNOWN_TOPIC_ALIAS (0x82) for an alias that was never given a name
 * @see MQTT 5.0, 3.3.2.3.4 Topic Alias
 */
export function resolveTopicAlias(
  shard: Shard,
  connection: Connection,
  publish: PublishFrame,
  properties: PublishProperties,
): PublishFrame {
  const alias = properties.topicAlias;
  // [MQTT-3.3.2-9] [MQTT-3.3.2-12] [MQTT-3.2.2-17] [MQTT-3.2.2-18]
  if (alias > shard.options.maxTopicAlias) throw new MqttError('TOPIC_ALIAS_INVALID', { detail: `${alias}` });
  connection.aliasesIn ??= []; // [MQTT-3.3.2-7]
  if (publish.topicEnd > publish.topicStart) {
    // The name is checked by the route lookup that follows; a bad one ends the connection and its aliases.
    connection.aliasesIn[alias] = Buffer.from(publish.buf.subarray(publish.topicStart, publish.topicEnd));
  }
  const topicName = connection.aliasesIn[alias];
  if (topicName === undefined) throw new MqttError('UNKNOWN_TOPIC_ALIAS', { detail: `${alias}` });
  return rewrite(publish, topicName, properties.topicAliasAt);
}

function rewrite(publish: PublishFrame, topicName: Buffer, aliasAt: number): PublishFrame {
  const before = publish.buf.subarray(publish.propertiesStart, aliasAt);
  const after = publish.buf.subarray(aliasAt + ALIAS_PROPERTY_BYTES, publish.propertiesEnd);
  const properties = Buffer.concat([before, after]);
  const payload = publish.buf.subarray(publish.payloadStart, publish.end);
  scratch.buf = Buffer.concat([topicName, properties, payload]);
  scratch.topicStart = 0;
  scratch.topicEnd = topicName.length;
  scratch.propertiesStart = topicName.length;
  scratch.propertiesEnd = topicName.length + properties.length;
  scratch.payloadStart = scratch.propertiesEnd;
  scratch.end = scratch.buf.length;
  scratch.messageExpiryAt = -1;
  if (publish.messageExpiryAt >= 0) {
    const moved = publish.messageExpiryAt > aliasAt ? ALIAS_PROPERTY_BYTES : 0;
    scratch.messageExpiryAt = scratch.propertiesStart + publish.messageExpiryAt - publish.propertiesStart - moved;
  }
  writer.reset(publish.buf[publish.start]!, true);
  const frame = Buffer.allocUnsafe(writer.measure(scratch));
  writer.write(scratch, frame, 0);
  if (writer.packetIdAt > 0) frame.writeUInt16BE(publish.packetId, writer.packetIdAt);
  let bodyStart = 1;
  while ((frame[bodyStart]! & 0x80) !== 0) bodyStart++;
  resolved.parse(frame, 0, bodyStart + 1, frame.length, true);
  resolved.deadlineMs = publish.deadlineMs;
  resolved.messageExpiryAt = writer.messageExpiryAt > 0 ? writer.messageExpiryAt : -1;
  return resolved;
}
