import { PublishFrame, PublishWriter } from '@nanomq-ts/codec';
import type { TopicKey } from '../topics/topic-key.ts';

const NO_PROPERTIES = Buffer.alloc(0);

/**
 * A PUBLISH of the broker's own, as an MQTT 5.0 frame: wills, events, messages published by the embedder.
 * Packet identifier 1 stands in for QoS 1 and 2; receivers get their own.
 * @param properties  encoded PUBLISH properties without their length
 */
export function buildPublish(
  topicKey: TopicKey,
  payload: Buffer,
  qos: number,
  retain: boolean,
  properties: Buffer = NO_PROPERTIES,
): Buffer {
  const source = new PublishFrame();
  source.buf = Buffer.concat([Buffer.from(topicKey, 'latin1'), properties, payload]);
  source.topicEnd = topicKey.length;
  source.propertiesStart = topicKey.length;
  source.propertiesEnd = topicKey.length + properties.length;
  source.payloadStart = source.propertiesEnd;
  source.end = source.buf.length;
  const writer = new PublishWriter();
  writer.reset(0x30 | (qos << 1) | (retain ? 1 : 0), true);
  const frame = Buffer.allocUnsafe(writer.measure(source));
  writer.write(source, frame, 0);
  if (writer.packetIdAt > 0) frame.writeUInt16BE(1, writer.packetIdAt);
  return frame;
}
