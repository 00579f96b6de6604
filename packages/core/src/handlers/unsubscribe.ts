import { decodeControl, encodeControl, FrameVerdict, MqttError, ReasonCode } from '@nanomq-ts/codec';
import type { Connection } from '../connection/connection.ts';
import { dropReplay } from '../retained/replay.ts';
import type { Session } from '../session/session.ts';
import type { Shard } from '../shard.ts';
import { checkAnswerSize } from './check-answer-size.ts';
import { checkFilter } from './check-filter.ts';

/**
 * UNSUBSCRIBE. Filters are compared character by character [MQTT-3.10.4-1]; what is in flight or queued goes on to the
 * client [MQTT-3.10.4-3].
 * @param frame  a whole frame, borrowed for the call
 * @throws MqttError TOPIC_FILTER_INVALID (0x8F), PACKET_TOO_LARGE (0x95) for an answer the client could not take, and as
 *   `decodeControl`
 * @see MQTT 5.0, 3.10
 */
export function handleUnsubscribe(shard: Shard, connection: Connection, frame: Buffer): FrameVerdict {
  const packet = decodeControl(frame, connection.protocolVersion, shard.options);
  if (packet.type !== 'unsubscribe') throw new MqttError('MALFORMED_PACKET');
  checkAnswerSize(connection, packet.topicFilters.length);
  const session = connection.session as Session;
  const filters = packet.topicFilters.map((topicFilter) => checkFilter(connection, topicFilter));
  // One reason code for each filter, as if each had come alone. [MQTT-3.10.4-6] [MQTT-3.11.3-1] [MQTT-3.11.3-2]
  const reasonCodes = packet.topicFilters.map((topicFilter, i) => {
    if (filters[i] === null) return ReasonCode.TopicFilterInvalid;
    dropReplay(session, topicFilter);
    // [MQTT-3.10.4-2]
    return shard.sessions.unsubscribe(session, topicFilter) ? ReasonCode.Success : ReasonCode.NoSubscriptionExisted;
  });
  // Without reason string and user properties [MQTT-3.11.2-1] [MQTT-3.11.2-2].
  const unsuback = { type: 'unsuback', packetId: packet.packetId, reasonCodes } as const; // [MQTT-3.10.4-4] [MQTT-3.10.4-5]
  shard.gate.send(connection, encodeControl(unsuback, connection.protocolVersion, connection.maxPacketBytes));
  return FrameVerdict.Continue;
}
