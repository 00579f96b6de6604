import { MqttError } from '@nanomq-ts/codec';
import type { AdminPublishProperties } from '../ports/admin.ts';

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

/**
 * Properties as they stand in a PUBLISH, without their length in front. Checked is only what could not be written; the
 * rest is for `PublishProperties.scan`.
 * @throws MqttError FORBIDDEN_PROPERTY (0x82) that names the property: too long, half a surrogate pair, out of range
 * @see MQTT 5.0, 3.3.2.3
 */
export function encodeProperties(properties: AdminPublishProperties): Buffer {
  const { payloadFormat, messageExpirySeconds, contentType, responseTopic, correlationData } = properties;
  const parts: Buffer[] = [];
  if (payloadFormat !== undefined) parts.push(Buffer.from([PropertyId.PayloadFormat, payloadFormat]));
  if (messageExpirySeconds !== undefined) parts.push(expiry(messageExpirySeconds));
  if (contentType !== undefined) parts.push(id(PropertyId.ContentType), text('contentType', contentType));
  if (responseTopic !== undefined) parts.push(id(PropertyId.ResponseTopic), text('responseTopic', responseTopic));
  if (correlationData !== undefined) {
    parts.push(id(PropertyId.CorrelationData), field('correlationData', correlationData));
  }
  for (const [name, value] of properties.userProperties ?? []) {
    parts.push(id(PropertyId.UserProperty), text('userProperties', name), text('userProperties', value));
  }
  return Buffer.concat(parts);
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
  const bytes = Buffer.allocUnsafe(2 + value.length);
  bytes.writeUInt16BE(value.length, 0);
  value.copy(bytes, 2);
  return bytes;
}

function forbidden(name: string, why: string): MqttError {
  return new MqttError('FORBIDDEN_PROPERTY', { detail: `${name} ${why}` });
}
