import { ReasonCode } from './reason-code.ts';

/**
 * Every error the codec and the core can raise, with its default reason code and text.
 * Listed for operators in docs/errors.md; a test keeps both in step.
 */
export const MQTT_ERRORS = {
  MALFORMED_VARINT: { reasonCode: ReasonCode.MalformedPacket, text: 'variable byte integer is longer than it may be' },
  MALFORMED_FLAGS: { reasonCode: ReasonCode.MalformedPacket, text: 'fixed header flags are not the reserved value' },
  MALFORMED_PACKET: { reasonCode: ReasonCode.MalformedPacket, text: 'packet is not well formed' },
  MALFORMED_UTF8: { reasonCode: ReasonCode.MalformedPacket, text: 'string is not well-formed UTF-8' },
  MALFORMED_PROPERTIES: { reasonCode: ReasonCode.MalformedPacket, text: 'properties are not well formed' },
  DUPLICATE_PROPERTY: { reasonCode: ReasonCode.ProtocolError, text: 'a property that may appear once appears twice' },
  FORBIDDEN_PROPERTY: {
    reasonCode: ReasonCode.ProtocolError,
    text: 'a property has a value or place that is not allowed',
  },
  PROPERTY_MISSING: { reasonCode: ReasonCode.ProtocolError, text: 'a property that is required is absent' },
  TOO_MANY_USER_PROPERTIES: { reasonCode: ReasonCode.QuotaExceeded, text: 'more user properties than the limit' },
  TOO_MANY_TOPIC_FILTERS: {
    reasonCode: ReasonCode.QuotaExceeded,
    text: 'more topic filters in a packet than the limit',
  },
  PACKET_TOO_LARGE: { reasonCode: ReasonCode.PacketTooLarge, text: 'packet is larger than the limit' },
  PACKET_TYPE_RESERVED: { reasonCode: ReasonCode.MalformedPacket, text: 'packet type is reserved' },
  PACKET_FROM_SERVER: { reasonCode: ReasonCode.ProtocolError, text: 'only a server may send this packet type' },
  PACKET_UNEXPECTED: { reasonCode: ReasonCode.ProtocolError, text: 'packet type is not allowed at this point' },
  SECOND_CONNECT: { reasonCode: ReasonCode.ProtocolError, text: 'CONNECT was sent twice' },
  AUTH_WITHOUT_METHOD: {
    reasonCode: ReasonCode.ProtocolError,
    text: 'AUTH without an authentication method in CONNECT',
  },
  RECEIVE_MAXIMUM_EXCEEDED: {
    reasonCode: ReasonCode.ReceiveMaximumExceeded,
    text: 'more unacknowledged QoS 1 and 2 messages than the receive maximum',
  },
  PAYLOAD_FORMAT_INVALID: {
    reasonCode: ReasonCode.PayloadFormatInvalid,
    text: 'payload is not the UTF-8 it is declared to be',
  },
  UNKNOWN_TOPIC_ALIAS: { reasonCode: ReasonCode.ProtocolError, text: 'topic alias has not been given a topic name' },
  PACKET_ID_ZERO: { reasonCode: ReasonCode.ProtocolError, text: 'packet identifier 0 is not allowed' },
  PAYLOAD_EMPTY: { reasonCode: ReasonCode.ProtocolError, text: 'packet has no topic filter' },
  RETAIN_HANDLING_INVALID: { reasonCode: ReasonCode.ProtocolError, text: 'retain handling 3 is not allowed' },
  REASON_CODE_NOT_ALLOWED: {
    reasonCode: ReasonCode.ProtocolError,
    text: 'reason code is unknown or only for servers',
  },
  TOPIC_NAME_INVALID: {
    reasonCode: ReasonCode.TopicNameInvalid,
    text: 'topic name is empty, too deep or has a wildcard',
  },
  TOPIC_FILTER_INVALID: { reasonCode: ReasonCode.TopicFilterInvalid, text: 'topic filter is not valid' },
  TOPIC_ALIAS_INVALID: {
    reasonCode: ReasonCode.TopicAliasInvalid,
    text: 'topic alias is 0 or over the maximum',
  },
  UNSUPPORTED_PROTOCOL_VERSION: {
    reasonCode: ReasonCode.UnsupportedProtocolVersion,
    text: 'protocol name or version is not supported',
  },
  CLIENT_ID_INVALID: { reasonCode: ReasonCode.ClientIdentifierNotValid, text: 'client identifier is not allowed' },
} as const;

/** The stable name of an error. */
export type MqttErrorCode = keyof typeof MQTT_ERRORS;

/**
 * A violation that ends the connection it happened on. Handlers throw it; `core/connection/refuse.ts`
 * alone decides what the peer sees of it.
 */
export class MqttError extends Error {
  readonly code: MqttErrorCode;
  readonly reasonCode: number;

  constructor(code: MqttErrorCode, options: { detail?: string; reasonCode?: number; cause?: unknown } = {}) {
    const entry = MQTT_ERRORS[code];
    super(options.detail === undefined ? entry.text : `${entry.text}: ${options.detail}`, { cause: options.cause });
    this.name = 'MqttError';
    this.code = code;
    this.reasonCode = options.reasonCode ?? entry.reasonCode;
  }
}
