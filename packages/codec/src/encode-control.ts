import {
  generate,
  type IConnackPacket,
  type UserProperties as NamedProperties,
  type Packet,
  writeToStream,
} from 'mqtt-packet';
import type { ConnackPacket, ProtocolVersion, ServerControlPacket, UserProperties } from './control-packet.ts';
import { ReasonCode } from './reason-code.ts';

/** The only failure a SUBACK of MQTT 3.1.1 can carry. */
const SUBACK_FAILURE = 0x80;
/** What the two bytes before a string can say. */
const MAX_STRING_BYTES = 0xffff;

// Else the first packet builds 65,536 buffers (8 MB, 30 ms), and a string too long for its length ends the frame
// early without a word, where a number that is not from the cache throws.
writeToStream.cacheNumbers = false;

/**
 * Encodes a packet for a client. For 3.x, properties are left out and reason codes become return codes.
 * @param maxPacketBytes  largest frame the client takes, in bytes; 0 = no limit. A larger frame loses its reason
 *   string, then its user properties; what is still larger is returned all the same: only the caller may drop it.
 *   A reason string of more than 65,535 bytes is left out in any case.
 * @returns a whole frame, owned by the caller
 * @throws TypeError for a DISCONNECT to a 3.x client, which knows none: a fault of the caller; Error of mqtt-packet for
 *   values that no field can carry
 * @see MQTT 5.0, 3.2, 3.9, 3.11, 3.14
 */
export function encodeControl(
  packet: ServerControlPacket,
  protocolVersion: ProtocolVersion,
  maxPacketBytes = 0,
): Buffer {
  const isReasonTooLong = Buffer.byteLength(packet.reasonString ?? '') > MAX_STRING_BYTES;
  const whole = write(isReasonTooLong ? { ...packet, reasonString: undefined } : packet, protocolVersion);
  if (protocolVersion !== 5 || maxPacketBytes === 0 || whole.length <= maxPacketBytes) return whole;
  // [MQTT-3.2.2-19] [MQTT-3.9.2-1] [MQTT-3.11.2-1] [MQTT-3.14.2-3]
  const shorter = { ...packet, reasonString: undefined };
  const withoutReason = write(shorter, protocolVersion);
  if (withoutReason.length <= maxPacketBytes || shorter.type !== 'connack') return withoutReason;
  return write({ ...shorter, userProperties: undefined }, protocolVersion); // [MQTT-3.2.2-20]
}

/**
 * The return code of a CONNACK before MQTT 5.0 that comes nearest to a reason code.
 * @returns 0 accepted, 1 protocol version, 2 client identifier, 3 server unavailable, 4 user name or password,
 *   5 not authorized
 * @see MQTT 3.1.1, table 3.1
 */
export function connackReturnCode(reasonCode: number): 0 | 1 | 2 | 3 | 4 | 5 {
  switch (reasonCode) {
    case ReasonCode.UnsupportedProtocolVersion:
      return 1; // [v3.1.1 MQTT-3.1.2-2]
    case ReasonCode.ClientIdentifierNotValid:
      return 2; // [v3.1.1 MQTT-3.1.3-8] [v3.1.1 MQTT-3.1.3-9]
    case ReasonCode.BadUserNameOrPassword:
      return 4;
    case ReasonCode.NotAuthorized:
    case ReasonCode.Banned:
    case ReasonCode.BadAuthenticationMethod:
      return 5;
    default:
      return reasonCode < 0x80 ? 0 : 3;
  }
}

function write(packet: ServerControlPacket, protocolVersion: ProtocolVersion): Buffer {
  return generate(toMqttPacket(packet, protocolVersion), { protocolVersion });
}

/** mqtt-packet skips properties that are undefined, and all of them before 5.0 [MQTT-2.2.2-1]. */
function toMqttPacket(packet: ServerControlPacket, protocolVersion: ProtocolVersion): Packet {
  switch (packet.type) {
    case 'connack':
      return connack(packet, protocolVersion);
    case 'suback':
      return {
        cmd: 'suback',
        messageId: packet.packetId, // [MQTT-2.2.1-6]
        // In the order of the topic filters [MQTT-3.9.3-1] [v3.1.1 MQTT-3.9.3-1].
        granted: protocolVersion === 5 ? [...packet.reasonCodes] : packet.reasonCodes.map(grantedQosOrFailure),
        properties: defined({ reasonString: packet.reasonString }), // no user properties [MQTT-3.9.2-2]
      };
    case 'unsuback':
      return {
        cmd: 'unsuback',
        messageId: packet.packetId, // [MQTT-2.2.1-6]
        granted: [...packet.reasonCodes], // in their order [MQTT-3.11.3-1]; left out before 5.0
        properties: defined({ reasonString: packet.reasonString }), // no user properties [MQTT-3.11.2-2]
      };
    case 'disconnect': {
      if (protocolVersion !== 5) throw new TypeError('a server has no DISCONNECT before MQTT 5.0');
      const { reasonCode, reasonString, serverReference } = packet;
      // [MQTT-3.14.2-2]: no session expiry interval; [MQTT-3.14.2-4]: no user properties at all.
      return { cmd: 'disconnect', reasonCode, properties: defined({ reasonString, serverReference }) };
    }
    default:
      return packet satisfies never;
  }
}

function grantedQosOrFailure(reasonCode: number): number {
  return Math.min(reasonCode, SUBACK_FAILURE); // [v3.1.1 MQTT-3.9.3-2]
}

function connack(packet: ConnackPacket, protocolVersion: ProtocolVersion): IConnackPacket {
  return {
    cmd: 'connack',
    reasonCode: packet.reasonCode,
    returnCode: connackReturnCode(packet.reasonCode),
    // [MQTT-3.2.2-1]: the only flag there is. MQTT 3.1 has none: the byte is reserved there.
    sessionPresent: packet.sessionPresent && protocolVersion !== 3,
    properties: defined({
      sessionExpiryInterval: packet.sessionExpirySeconds,
      receiveMaximum: packet.receiveMaximum,
      maximumQoS: packet.maximumQos,
      retainAvailable: packet.retainAvailable,
      maximumPacketSize: packet.maximumPacketBytes,
      assignedClientIdentifier: packet.assignedClientId,
      topicAliasMaximum: packet.topicAliasMaximum,
      reasonString: packet.reasonString,
      userProperties: packet.userProperties === undefined ? undefined : inOrder(packet.userProperties),
      wildcardSubscriptionAvailable: packet.wildcardSubscriptionAvailable,
      subscriptionIdentifiersAvailable: packet.subscriptionIdentifiersAvailable,
      sharedSubscriptionAvailable: packet.sharedSubscriptionAvailable,
      serverKeepAlive: packet.serverKeepAliveSeconds,
      responseInformation: packet.responseInformation,
      serverReference: packet.serverReference,
      authenticationMethod: packet.authenticationMethod,
      authenticationData: packet.authenticationData,
    }),
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** A copy without the fields that are undefined. */
function defined<T extends object>(properties: T): Defined<T> {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as Defined<T>;
}

/**
 * mqtt-packet's form takes one object for all, which loses the order among different names; it also takes a list of
 * objects, which its types do not say.
 */
function inOrder(userProperties: UserProperties): NamedProperties {
  const pairs = userProperties.map((pair) => Object.fromEntries([pair])); // own, even where the name is `__proto__`
  return pairs as unknown as NamedProperties;
}
