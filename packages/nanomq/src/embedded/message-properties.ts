import { MqttError, type UserProperties } from '@nanomq-ts/codec';

/** What a PUBLISH says about its payload. @see MQTT 5.0, 3.3.2.3 PUBLISH Properties */
export interface MessageProperties {
  /** 1: the payload is UTF-8 text. */
  readonly payloadFormat?: 0 | 1 | undefined;
  /** Seconds, 0 to 0xffffffff; what is left of it when received. */
  readonly messageExpirySeconds?: number | undefined;
  readonly contentType?: string | undefined;
  /** A topic name. */
  readonly responseTopic?: string | undefined;
  /** At most 65,535 bytes. */
  readonly correlationData?: Uint8Array | undefined;
  /** In the order sent; names may repeat. */
  readonly userProperties?: UserProperties | undefined;
}

/** The same as received. */
export interface ReceivedProperties extends MessageProperties {
  readonly correlationData?: Buffer | undefined;
  /** Empty when there were none. */
  readonly userProperties: UserProperties;
}

const PropertyId = {
  PayloadFormat: 0x01,
  MessageExpiry: 0x02,
  ContentType: 0x03,
  ResponseTopic: 0x08,
  CorrelationData: 0x09,
  UserProperty: 0x26,
} as const;

const MAX_FIELD_BYTES = 0xffff;
const MAX_UINT32 = 0xffff_ffff;
const NONE = Buffer.alloc(0);

/**
 * Encodes properties as they stand in a PUBLISH, without their length in front. Whether the values are allowed is
 * the core's to check; here is checked only what could not be written.
 * @throws MqttError FORBIDDEN_PROPERTY (0x82): too long, half a surrogate pair, not a number of seconds, not 0 or 1
 */
export function encodeMessageProperties(properties: MessageProperties): Buffer {
  const parts: Buffer[] = [];
  const { payloadFormat, messageExpirySeconds, contentType, responseTopic, correlationData, userProperties } =
    properties;
  if (payloadFormat !== undefined) {
    if (payloadFormat !== 0 && payloadFormat !== 1) throw forbidden('payloadFormat', 'is neither 0 nor 1');
    parts.push(Buffer.from([PropertyId.PayloadFormat, payloadFormat]));
  }
  if (messageExpirySeconds !== undefined) parts.push(expiry(messageExpirySeconds));
  if (contentType !== undefined) parts.push(id(PropertyId.ContentType), text('contentType', contentType));
  if (responseTopic !== undefined) parts.push(id(PropertyId.ResponseTopic), text('responseTopic', responseTopic));
  if (correlationData !== undefined) {
    parts.push(id(PropertyId.CorrelationData), field('correlationData', Buffer.from(correlationData)));
  }
  for (const [name, value] of userProperties ?? []) {
    parts.push(id(PropertyId.UserProperty), text('userProperties', name), text('userProperties', value));
  }
  return parts.length === 0 ? NONE : Buffer.concat(parts);
}

/**
 * Decodes what {@link encodeMessageProperties} or a client wrote and the core checked. Topic alias and subscription
 * identifiers belong to other connections; a subscription of the program gets none.
 */
export function decodeMessageProperties(bytes: Buffer): ReceivedProperties {
  const found: { -readonly [K in keyof ReceivedProperties]: ReceivedProperties[K] } = { userProperties: [] };
  const userProperties: (readonly [string, string])[] = [];
  for (let at = 0; at < bytes.length; ) {
    const property = bytes[at++]!;
    switch (property) {
      case PropertyId.PayloadFormat:
        found.payloadFormat = bytes[at++] as 0 | 1;
        break;
      case PropertyId.MessageExpiry:
        found.messageExpirySeconds = bytes.readUInt32BE(at);
        at += 4;
        break;
      default: {
        const value = fieldAt(bytes, at);
        at += 2 + value.length;
        if (property === PropertyId.ContentType) found.contentType = value.toString();
        else if (property === PropertyId.ResponseTopic) found.responseTopic = value.toString();
        else if (property === PropertyId.CorrelationData) found.correlationData = value;
        else {
          const second = fieldAt(bytes, at);
          at += 2 + second.length;
          userProperties.push([value.toString(), second.toString()]);
        }
      }
    }
  }
  found.userProperties = userProperties;
  return found;
}

function fieldAt(bytes: Buffer, at: number): Buffer {
  return bytes.subarray(at + 2, at + 2 + bytes.readUInt16BE(at));
}

function id(property: number): Buffer {
  return Buffer.from([property]);
}

function expiry(seconds: number): Buffer {
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > MAX_UINT32) {
    throw forbidden('messageExpirySeconds', `is not a whole number from 0 to ${MAX_UINT32}`);
  }
  const bytes = Buffer.alloc(5);
  bytes[0] = PropertyId.MessageExpiry;
  bytes.writeUInt32BE(seconds, 1);
  return bytes;
}

function text(name: string, value: string): Buffer {
  if (/\p{Surrogate}/u.test(value)) throw forbidden(name, 'has half a surrogate pair'); // [MQTT-1.5.4-1]
  return field(name, Buffer.from(value));
}

function field(name: string, value: Buffer): Buffer {
  if (value.length > MAX_FIELD_BYTES) throw forbidden(name, `is longer than ${MAX_FIELD_BYTES} bytes`);
  return Buffer.concat([Buffer.from([value.length >> 8, value.length & 0xff]), value]);
}

function forbidden(name: string, why: string): MqttError {
  return new MqttError('FORBIDDEN_PROPERTY', { detail: `${name} ${why}` });
}
