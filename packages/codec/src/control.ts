import { type Packet, parser } from 'mqtt-packet';
import type {
  AuthPacket,
  DisconnectPacket,
  ProtocolVersion,
  SubscribePacket,
  UnsubscribePacket,
} from './control-packet.ts';
import { type DisconnectWalk, toAuth, toDisconnect, walkAuth, walkDisconnect } from './disconnect.ts';
import { MqttError, type MqttErrorCode } from './mqtt-error.ts';
import { DUP_BIT, PacketType } from './packet-type.ts';
import { type RequestWalk, toSubscribe, toUnsubscribe, walkSubscribe, walkUnsubscribe } from './subscribe.ts';

/** What a decoder is told of the configuration. */
export interface ControlLimits {
  /** Most user properties in one packet (`mqtt.property_size`). */
  readonly maxUserProperties: number;
  /** Subscriptions of one session (`mqtt.max_subscriptions`); one packet may ask for 10,000 in any case. */
  readonly maxSubscriptions?: number;
}

/** What {@link decodeControl} gives. */
export type DecodedControlPacket = SubscribePacket | UnsubscribePacket | DisconnectPacket | AuthPacket;

/**
 * Decodes one whole SUBSCRIBE, UNSUBSCRIBE, DISCONNECT or AUTH. The strict walk over the bytes refuses, mqtt-packet
 * builds the object; what is returned owns its memory. A client of MQTT 3.1 sets DUP where it asks once more.
 * @param frame  a whole frame, borrowed for the call
 * @throws MqttError with the reason code of the specification: MALFORMED_*, PACKET_ID_ZERO, PAYLOAD_EMPTY,
 *   TOO_MANY_TOPIC_FILTERS, RETAIN_HANDLING_INVALID, REASON_CODE_NOT_ALLOWED, PROPERTY_MISSING, property errors;
 *   PACKET_TYPE_RESERVED for AUTH before 5.0; PACKET_UNEXPECTED for every other packet type
 * @see MQTT 5.0, 3.8, 3.10, 3.14, 3.15
 */
export function decodeControl(
  frame: Buffer,
  protocolVersion: ProtocolVersion,
  limits: ControlLimits,
): DecodedControlPacket {
  const type = (frame[0] ?? 0) >> 4;
  switch (type) {
    case PacketType.Subscribe: {
      const request = withoutDup(frame, protocolVersion);
      const walk: RequestWalk = walkSubscribe(request, protocolVersion, limits);
      return toSubscribe(parseFrame(request, protocolVersion, 'subscribe'), walk);
    }
    case PacketType.Unsubscribe: {
      const request = withoutDup(frame, protocolVersion);
      const walk: RequestWalk = walkUnsubscribe(request, protocolVersion, limits);
      return toUnsubscribe(parseFrame(request, protocolVersion, 'unsubscribe'), walk);
    }
    case PacketType.Disconnect: {
      const walk: DisconnectWalk = walkDisconnect(frame, protocolVersion, limits.maxUserProperties);
      return toDisconnect(parseFrame(frame, protocolVersion, 'disconnect'), walk);
    }
    case PacketType.Auth:
      // Type 15 is reserved before MQTT 5.0 (3.1.1, table 2.1).
      if (protocolVersion !== 5) throw new MqttError('PACKET_TYPE_RESERVED', { detail: '15 before MQTT 5.0' });
      walkAuth(frame, limits.maxUserProperties);
      return toAuth(parseFrame(frame, protocolVersion, 'auth'));
    default:
      throw new MqttError('PACKET_UNEXPECTED', { detail: `type ${type}` });
  }
}

/** The frame as it was sent first: MQTT 3.1, 3.8 and 3.10, have a client set DUP in SUBSCRIBE and UNSUBSCRIBE sent again. */
function withoutDup(frame: Buffer, protocolVersion: ProtocolVersion): Buffer {
  if (protocolVersion !== 3 || ((frame[0] ?? 0) & DUP_BIT) === 0) return frame;
  const first = Buffer.from(frame);
  first[0] = (first[0] ?? 0) & ~DUP_BIT;
  return first;
}

/**
 * Has mqtt-packet read a whole frame. A parser each, because one that saw a CONNECT keeps its version and one that
 * failed keeps what it had.
 * @param cmd  the packet type the frame was found to have
 * @throws MqttError as {@link mqttPacketError} says; MALFORMED_PACKET when mqtt-packet finds no packet of that type
 */
export function parseFrame<C extends Packet['cmd']>(
  frame: Buffer,
  protocolVersion: ProtocolVersion,
  cmd: C,
): Extract<Packet, { cmd: C }> {
  const parsed: { packet?: Packet; error?: Error } = {};
  parser({ protocolVersion })
    .on('packet', (packet) => {
      parsed.packet ??= packet;
    })
    .on('error', (error: Error) => {
      parsed.error ??= error;
    })
    .parse(frame);
  if (parsed.error !== undefined) throw mqttPacketError(parsed.error);
  if (parsed.packet?.cmd !== cmd) throw mqttPacketError(new Error('Packet too short'));
  return parsed.packet as Extract<Packet, { cmd: C }>;
}

/**
 * What each error text of mqtt-packet 9.0.2 means. The strict walk comes first, so none of them should be met; a test
 * compares this table with the texts in mqtt-packet's source. Exported for that test.
 */
export const MQTT_PACKET_ERRORS: ReadonlyMap<string, MqttErrorCode> = new Map<string, MqttErrorCode>([
  ['Invalid header flag bits, must be 0x0 for connect packet', 'MALFORMED_FLAGS'],
  ['Invalid header flag bits, must be 0x2 for subscribe packet', 'MALFORMED_FLAGS'],
  ['Invalid header flag bits, must be 0x2 for unsubscribe packet', 'MALFORMED_FLAGS'],
  ['Invalid header flag bits, must be 0x0 for disconnect packet', 'MALFORMED_FLAGS'],
  ['Invalid header flag bits, must be 0x0 for auth packet', 'MALFORMED_FLAGS'],
  ['Packet must not have both QoS bits set to 1', 'MALFORMED_FLAGS'],
  ['Invalid variable byte integer', 'MALFORMED_VARINT'],
  ['Invalid protocolId', 'UNSUPPORTED_PROTOCOL_VERSION'],
  ['Invalid protocol version', 'UNSUPPORTED_PROTOCOL_VERSION'],
  ['Cannot parse protocolId', 'MALFORMED_PACKET'],
  ['Packet too short', 'MALFORMED_PACKET'],
  ['Connect flag bit 0 must be 0, but got 1', 'MALFORMED_PACKET'],
  ['Will Retain Flag must be set to zero when Will Flag is set to 0', 'MALFORMED_PACKET'],
  ['Will QoS must be set to zero when Will Flag is set to 0', 'MALFORMED_PACKET'],
  ['Cannot parse will topic', 'MALFORMED_PACKET'],
  ['Cannot parse will payload', 'MALFORMED_PACKET'],
  ['Cannot parse username', 'MALFORMED_PACKET'],
  ['Cannot parse password', 'MALFORMED_PACKET'],
  ['Cannot parse messageId', 'MALFORMED_PACKET'],
  ['Cannot parse topic', 'MALFORMED_PACKET'],
  ['Cannot parse property code type', 'MALFORMED_PROPERTIES'],
  ['Unknown property', 'MALFORMED_PROPERTIES'],
  ['Malformed subscribe, no payload specified', 'PAYLOAD_EMPTY'],
  ['Malformed unsubscribe, no payload specified', 'PAYLOAD_EMPTY'],
  ['Malformed Subscribe Payload', 'MALFORMED_PACKET'],
  ['Invalid subscribe topic flag bits, bits 7-6 must be 0', 'MALFORMED_PACKET'],
  ['Invalid subscribe topic flag bits, bits 7-2 must be 0', 'MALFORMED_PACKET'],
  ['Invalid subscribe QoS, must be <= 2', 'MALFORMED_PACKET'],
  ['Invalid retain handling, must be <= 2', 'RETAIN_HANDLING_INVALID'],
  ['Invalid disconnect reason code', 'REASON_CODE_NOT_ALLOWED'],
  ['Invalid auth reason code', 'REASON_CODE_NOT_ALLOWED'],
  ['Not supported auth packet for this version MQTT', 'PACKET_TYPE_RESERVED'],
  ['Not supported', 'PACKET_TYPE_RESERVED'],
]);

/** The error that mqtt-packet's stands for. Text it was never seen to use: MALFORMED_PACKET. */
export function mqttPacketError(cause: Error): MqttError {
  const code = MQTT_PACKET_ERRORS.get(cause.message) ?? 'MALFORMED_PACKET';
  return new MqttError(code, { detail: cause.message, cause });
}
