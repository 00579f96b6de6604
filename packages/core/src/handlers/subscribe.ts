import {
  decodeControl,
  encodeControl,
  FrameVerdict,
  MqttError,
  ReasonCode,
  type SubscribePacket,
  type SubscriptionRequest,
} from '@nanomq-ts/codec';
import type { Connection } from '../connection/connection.ts';
import { DenialReason } from '../observe/denial-reason.ts';
import type { Session } from '../session/session.ts';
import type { Subscription } from '../session/subscription.ts';
import type { Shard } from '../shard.ts';
import type { ParsedFilter } from '../topics/topic-filter.ts';
import { checkAnswerSize } from './check-answer-size.ts';
import { checkFilter } from './check-filter.ts';

/** A subscription that was granted and is owed its retained messages. */
interface Granted {
  readonly subscription: Subscription;
  readonly request: SubscriptionRequest;
  readonly isNew: boolean;
}

/**
 * SUBSCRIBE. Every filter is checked, then every filter authorised, and only then is there any effect.
 * @param frame  a whole frame, borrowed for the call
 * @returns Suspend while the Access port has not answered, or the way to another shard is full
 * @throws MqttError TOPIC_FILTER_INVALID (0x8F), FORBIDDEN_PROPERTY (0x82) for No Local on a shared subscription,
 *   PACKET_TOO_LARGE (0x95) for an answer the client could not take, and as `decodeControl`
 * @see MQTT 5.0, 3.8
 */
export function handleSubscribe(shard: Shard, connection: Connection, frame: Buffer): FrameVerdict {
  const packet = decodeControl(frame, connection.protocolVersion, shard.options);
  if (packet.type !== 'subscribe') throw new MqttError('MALFORMED_PACKET');
  checkAnswerSize(connection, packet.subscriptions.length);
  const filters = packet.subscriptions.map(({ topicFilter, noLocal }) => {
    const parsed = checkFilter(connection, topicFilter);
    if (noLocal && parsed !== null && parsed.shareName !== '') {
      throw new MqttError('FORBIDDEN_PROPERTY', { detail: 'No Local on a shared subscription' }); // [MQTT-3.8.3-4]
    }
    return parsed;
  });
  const principal = shard.principalOf(connection.session as Session);
  const answers = packet.subscriptions.map(({ topicFilter }, i) =>
    filters[i] === null ? ReasonCode.TopicFilterInvalid : shard.access.subscribe(principal, topicFilter),
  );
  if (answers.every((answer) => typeof answer === 'number')) return grant(shard, connection, packet, filters, answers);
  return connection.suspend(Promise.all(answers), (codes) => grant(shard, connection, packet, filters, codes));
}

/**
 * One reason code for each filter, in their order, as if each had come alone. The subscriptions are there before the
 * SUBACK is, so messages may come before it (section 3.8.4). [MQTT-3.9.3-1] [MQTT-3.8.4-5]
 * [MQTT-3.8.4-6]
 */
function grant(
  shard: Shard,
  connection: Connection,
  packet: SubscribePacket,
  filters: readonly (ParsedFilter | null)[],
  decisions: readonly number[],
): FrameVerdict {
  const session = connection.session as Session;
  const granted: Granted[] = [];
  const reasonCodes = packet.subscriptions.map((request, i) => {
    const parsed = filters[i] as ParsedFilter | null;
    const decision = decisions[i] as number;
    if (parsed === null || decision >= ReasonCode.UnspecifiedError) return decision;
    const isNew = session.subscriptions?.has(request.topicFilter) !== true;
    if (isNew && isFull(shard, session)) {
      shard.counters.deny(DenialReason.SubscriptionsFull);
      return ReasonCode.QuotaExceeded;
    }
    const subscription = shard.sessions.subscribe(session, request, parsed, packet.subscriptionIdentifier); // [MQTT-3.8.4-3] [v3.1.1 MQTT-3.8.4-3]
    // A shared subscription gets no retained messages, section 4.8.2.
    if (parsed.shareName === '') granted.push({ subscription, request, isNew });
    return request.qos; // [MQTT-3.8.4-7] [MQTT-3.9.3-2]
  });
  const room = shard.peers.whenRoom();
  if (room === null) {
    answer(shard, connection, packet.packetId, reasonCodes);
    replay(shard, connection, granted);
    return FrameVerdict.Continue;
  }
  // At once all the same: what is retained while the SUBACK waits comes to the subscription as it is published.
  replay(shard, connection, granted);
  // Whoever has the SUBACK relies on it on every shard, so it must not come before the others can know.
  return connection.suspend(room, () => {
    answer(shard, connection, packet.packetId, reasonCodes);
    return FrameVerdict.Continue;
  });
}

function answer(shard: Shard, connection: Connection, packetId: number, reasonCodes: readonly number[]): void {
  // Without reason string and user properties [MQTT-3.9.2-1] [MQTT-3.9.2-2].
  const suback = { type: 'suback', packetId, reasonCodes } as const; // [MQTT-3.8.4-1] [MQTT-3.8.4-2]
  shard.gate.send(connection, encodeControl(suback, connection.protocolVersion, connection.maxPacketBytes));
}

function replay(shard: Shard, connection: Connection, granted: readonly Granted[]): void {
  for (const { subscription, request, isNew } of granted) {
    if (request.retainHandling === 2 || (request.retainHandling === 1 && !isNew)) continue; // [MQTT-3.3.1-10] [MQTT-3.3.1-11]
    shard.retained.replay(connection, subscription); // [MQTT-3.3.1-9] [MQTT-3.8.4-4]
  }
}

function isFull(shard: Shard, session: Session): boolean {
  const limit = shard.options.maxSubscriptions;
  return limit > 0 && session.subscriptions !== null && session.subscriptions.size >= limit;
}
