import type { ISubscribePacket, IUnsubscribePacket } from 'mqtt-packet';
import type { ControlLimits } from './control.ts';
import type { ProtocolVersion, SubscribePacket, UnsubscribePacket, UserProperties } from './control-packet.ts';
import { FrameWalk, malformed } from './frame-walk.ts';
import { MqttError } from './mqtt-error.ts';
import { PropertyPlace, readUserProperties } from './properties.ts';
import { ReasonCode } from './reason-code.ts';

/** What SUBSCRIBE and UNSUBSCRIBE must have in their fixed header. */
const FLAGS = 0x02;
/**
 * Topic filters that one packet may have at least: a client subscribes anew to all it had. One packet is handled at a
 * stretch, and 2.6 million filters, in the 10 MB that a packet may have, held the event loop for 15 s and took 1.8 GB.
 */
const FILTERS_AT_LEAST = 10_000;
const QOS_BITS = 0x03;
const RETAIN_HANDLING_BITS = 0x30;
/** Reserved bits of the subscription options: 5.0 uses the six below, 3.x only the QoS. */
const RESERVED_BITS = { 3: 0xfc, 4: 0xfc, 5: 0xc0 } as const;

/** What the walk found that mqtt-packet would lose: the order of user properties. */
export interface RequestWalk {
  readonly packetId: number;
  readonly userProperties: UserProperties;
}

/**
 * Refuses a SUBSCRIBE that is not well formed.
 * @throws MqttError MALFORMED_FLAGS, MALFORMED_PACKET, MALFORMED_UTF8, MALFORMED_PROPERTIES (0x81);
 *   MALFORMED_PACKET with 0x82 for a requested QoS of 3; PACKET_ID_ZERO, PAYLOAD_EMPTY, RETAIN_HANDLING_INVALID,
 *   FORBIDDEN_PROPERTY (0x82); TOO_MANY_TOPIC_FILTERS (0x97)
 * @see MQTT 5.0, 3.8
 */
export function walkSubscribe(frame: Buffer, version: ProtocolVersion, limits: ControlLimits): RequestWalk {
  const walk = new FrameWalk(frame, FLAGS); // [MQTT-3.8.1-1] [v3.1.1 MQTT-3.8.1-1]
  const head = walkHead(walk, version, PropertyPlace.Subscribe, limits.maxUserProperties);
  walkFilters(walk, limits, () => checkOptions(walk.byte('subscription options'), version)); // [MQTT-3.8.3-1]
  return head;
}

/**
 * Refuses an UNSUBSCRIBE that is not well formed.
 * @throws MqttError as {@link walkSubscribe}
 * @see MQTT 5.0, 3.10
 */
export function walkUnsubscribe(frame: Buffer, version: ProtocolVersion, limits: ControlLimits): RequestWalk {
  const walk = new FrameWalk(frame, FLAGS); // [MQTT-3.10.1-1] [v3.1.1 MQTT-3.10.1-1]
  const head = walkHead(walk, version, PropertyPlace.Unsubscribe, limits.maxUserProperties);
  walkFilters(walk, limits, () => {}); // [MQTT-3.10.3-1]
  return head;
}

/** @param checkRest  what follows each filter @throws MqttError TOO_MANY_TOPIC_FILTERS */
function walkFilters(walk: FrameWalk, { maxSubscriptions = 0 }: ControlLimits, checkRest: () => void): void {
  const limit = Math.max(maxSubscriptions, FILTERS_AT_LEAST);
  for (let count = 1; walk.left > 0; count++) {
    if (count > limit) throw new MqttError('TOO_MANY_TOPIC_FILTERS', { detail: `more than ${limit}` });
    walk.string('topic filter');
    checkRest();
  }
}

function walkHead(
  walk: FrameWalk,
  version: ProtocolVersion,
  place: PropertyPlace,
  userPropertyLimit: number,
): RequestWalk {
  const packetId = walk.packetId();
  let userProperties: UserProperties = [];
  if (version === 5) {
    const { start, end } = walk.properties(place, userPropertyLimit);
    userProperties = readUserProperties(walk.buf, start, end);
  }
  // [MQTT-3.8.3-2] [v3.1.1 MQTT-3.8.3-3] [MQTT-3.10.3-2] [v3.1.1 MQTT-3.10.3-2]
  if (walk.left === 0) throw new MqttError('PAYLOAD_EMPTY');
  return { packetId, userProperties };
}

function checkOptions(options: number, version: ProtocolVersion): void {
  if ((options & RESERVED_BITS[version]) !== 0) {
    throw malformed('reserved bits in the subscription options'); // [MQTT-3.8.3-5] [v3.1.1 MQTT-3.8.3-4]
  }
  if ((options & QOS_BITS) === 3) {
    // 3.8.3.1 calls it a Protocol Error; before 5.0 nobody sees the reason code [v3.1.1 MQTT-3.8.3-4].
    throw new MqttError('MALFORMED_PACKET', { detail: 'requested QoS 3', reasonCode: ReasonCode.ProtocolError });
  }
  if ((options & RETAIN_HANDLING_BITS) === RETAIN_HANDLING_BITS) throw new MqttError('RETAIN_HANDLING_INVALID');
}

/** Our form of a SUBSCRIBE that {@link walkSubscribe} let through. */
export function toSubscribe(parsed: ISubscribePacket, walk: RequestWalk): SubscribePacket {
  return {
    type: 'subscribe',
    packetId: walk.packetId,
    subscriptionIdentifier: parsed.properties?.subscriptionIdentifier ?? 0,
    userProperties: walk.userProperties,
    subscriptions: parsed.subscriptions.map(({ topic, qos, nl, rap, rh }) => ({
      topicFilter: topic,
      qos,
      noLocal: nl ?? false,
      retainAsPublished: rap ?? false,
      retainHandling: (rh ?? 0) as 0 | 1 | 2,
    })),
  };
}

/** Our form of an UNSUBSCRIBE that {@link walkUnsubscribe} let through. */
export function toUnsubscribe(parsed: IUnsubscribePacket, walk: RequestWalk): UnsubscribePacket {
  return {
    type: 'unsubscribe',
    packetId: walk.packetId,
    userProperties: walk.userProperties,
    topicFilters: parsed.unsubscriptions,
  };
}
