import type { PublishFrame, PublishWriter } from '@nanomq-ts/codec';
import type { Connection } from '../connection/connection.ts';
import { NO_ALIAS } from '../topics/topic-aliases-out.ts';
import type { TopicKey } from '../topics/topic-key.ts';

/** What an alias can add to a frame: the property, and a byte more for each of the two lengths before it. */
const MOST_ALIAS_BYTES = 5;

/** Told by `measureFor`: larger than the client takes, so nothing is to be written. */
export const TOO_LARGE = -1;

/**
 * Sets `writer` to the layout of one receiver and measures the frame. An alias is asked for only once it is certain
 * that the frame goes out, since the client learns it from that frame.
 * @returns bytes of the frame, or TOO_LARGE [MQTT-3.1.2-24]
 */
export function measureFor(
  connection: Connection,
  writer: PublishWriter,
  publish: PublishFrame,
  topicKey: TopicKey,
  firstByte: number,
  subscriptionIds: Buffer | null,
): number {
  writer.reset(firstByte, connection.isVersion5);
  if (connection.isVersion5) writer.extraProperties = subscriptionIds;
  const bytes = writer.measure(publish);
  const limit = connection.maxPacketBytes;
  if (connection.aliasesOut !== null && (limit === 0 || bytes + MOST_ALIAS_BYTES <= limit)) {
    const packed = connection.aliasesOut.aliasFor(topicKey);
    if (packed === NO_ALIAS) return bytes;
    writer.topicAlias = packed >> 1;
    writer.withTopicName = (packed & 1) === 1;
    return writer.measure(publish);
  }
  return limit > 0 && bytes > limit ? TOO_LARGE : bytes;
}
