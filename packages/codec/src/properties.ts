import { MqttError } from './mqtt-error.ts';
import { isWellFormedUtf8 } from './utf8.ts';
import { readVarint } from './varint.ts';

/** Where a property may stand: one bit for each packet type that carries properties, and one for the will. */
export const PropertyPlace = {
  Connect: 1 << 0,
  Will: 1 << 1,
  Connack: 1 << 2,
  Publish: 1 << 3,
  Puback: 1 << 4,
  Pubrec: 1 << 5,
  Pubrel: 1 << 6,
  Pubcomp: 1 << 7,
  Subscribe: 1 << 8,
  Suback: 1 << 9,
  Unsubscribe: 1 << 10,
  Unsuback: 1 << 11,
  Disconnect: 1 << 12,
  Auth: 1 << 13,
} as const;

/** One bit of the table above. */
export type PropertyPlace = (typeof PropertyPlace)[keyof typeof PropertyPlace];

/** How the value of a property is encoded (MQTT 5.0, 1.5). */
export type PropertyType = 'byte' | 'uint16' | 'uint32' | 'varint' | 'string' | 'binary' | 'pair';

/** One row of the table of MQTT 5.0, 2.2.2.2. */
export interface PropertyRow {
  readonly id: number;
  readonly name: string;
  readonly type: PropertyType;
  /** Bits of {@link PropertyPlace}. */
  readonly places: number;
  /** The places where it may appear more than once. */
  readonly repeats: number;
}

const P = PropertyPlace;
const ACKS = P.Puback | P.Pubrec | P.Pubrel | P.Pubcomp | P.Suback | P.Unsuback;
const ALL = 0x3fff;
const MESSAGE = P.Publish | P.Will;
const HANDSHAKE = P.Connect | P.Connack;

function row(id: number, name: string, type: PropertyType, places: number, repeats = 0): PropertyRow {
  return { id, name, type, places, repeats };
}

/** Every property of MQTT 5.0, by identifier (2.2.2.2, table 2-4). */
export const PROPERTIES: readonly PropertyRow[] = [
  row(0x01, 'payloadFormatIndicator', 'byte', MESSAGE),
  row(0x02, 'messageExpiryInterval', 'uint32', MESSAGE),
  row(0x03, 'contentType', 'string', MESSAGE),
  row(0x08, 'responseTopic', 'string', MESSAGE),
  row(0x09, 'correlationData', 'binary', MESSAGE),
  row(0x0b, 'subscriptionIdentifier', 'varint', P.Publish | P.Subscribe, P.Publish),
  row(0x11, 'sessionExpiryInterval', 'uint32', HANDSHAKE | P.Disconnect),
  row(0x12, 'assignedClientIdentifier', 'string', P.Connack),
  row(0x13, 'serverKeepAlive', 'uint16', P.Connack),
  row(0x15, 'authenticationMethod', 'string', HANDSHAKE | P.Auth),
  row(0x16, 'authenticationData', 'binary', HANDSHAKE | P.Auth),
  row(0x17, 'requestProblemInformation', 'byte', P.Connect),
  row(0x18, 'willDelayInterval', 'uint32', P.Will),
  row(0x19, 'requestResponseInformation', 'byte', P.Connect),
  row(0x1a, 'responseInformation', 'string', P.Connack),
  row(0x1c, 'serverReference', 'string', P.Connack | P.Disconnect),
  row(0x1f, 'reasonString', 'string', P.Connack | ACKS | P.Disconnect | P.Auth),
  row(0x21, 'receiveMaximum', 'uint16', HANDSHAKE),
  row(0x22, 'topicAliasMaximum', 'uint16', HANDSHAKE),
  row(0x23, 'topicAlias', 'uint16', P.Publish),
  row(0x24, 'maximumQoS', 'byte', P.Connack),
  row(0x25, 'retainAvailable', 'byte', P.Connack),
  row(0x26, 'userProperty', 'pair', ALL, ALL),
  row(0x27, 'maximumPacketSize', 'uint32', HANDSHAKE),
  row(0x28, 'wildcardSubscriptionAvailable', 'byte', P.Connack),
  row(0x29, 'subscriptionIdentifiersAvailable', 'byte', P.Connack),
  row(0x2a, 'sharedSubscriptionAvailable', 'byte', P.Connack),
];

const BY_ID: readonly (PropertyRow | undefined)[] = Array.from({ length: 256 }, (_, id) =>
  PROPERTIES.find((property) => property.id === id),
);
const BIT_BY_ID: readonly number[] = BY_ID.map((property) =>
  property === undefined ? 0 : 1 << PROPERTIES.indexOf(property),
);

const USER_PROPERTY = 0x26;

/** User properties decoded from checked bytes, in the order they were sent [MQTT-3.1.3-10]. */
export type DecodedUserProperties = (readonly [name: string, value: string])[];

/**
 * Checks the properties in `buf[start, end)`, given without the length in front of them. Allocates nothing.
 * @param place               what carries them
 * @param userPropertyLimit   most user properties allowed
 * @returns the number of user properties
 * @throws MqttError MALFORMED_PROPERTIES (0x81): truncated, unknown, or not for this place (2.2.2.2);
 *   MALFORMED_UTF8 never: ill-formed strings are MALFORMED_PROPERTIES too; DUPLICATE_PROPERTY (0x82);
 *   FORBIDDEN_PROPERTY (0x82): the value is one the specification rules out; TOPIC_ALIAS_INVALID (0x94);
 *   TOO_MANY_USER_PROPERTIES (0x97)
 */
export function checkProperties(
  buf: Buffer,
  start: number,
  end: number,
  place: PropertyPlace,
  userPropertyLimit: number,
): number {
  let at = start;
  let seen = 0;
  let userProperties = 0;
  while (at < end) {
    const id = buf[at]!;
    const property = BY_ID[id];
    // Identifiers are variable byte integers, but all of them take one byte; a longer form is not the shortest.
    if (property === undefined || (property.places & place) === 0) throw misplaced(id);
    const valueAt = at + 1;
    at = afterValue(buf, valueAt, end, property.type);
    const bit = BIT_BY_ID[id]!;
    if ((seen & bit) !== 0 && (property.repeats & place) === 0) throw duplicate(property.name);
    seen |= bit;
    if (id === USER_PROPERTY) {
      if (++userProperties > userPropertyLimit) throw new MqttError('TOO_MANY_USER_PROPERTIES');
    } else {
      checkValue(buf, valueAt, at, id);
    }
  }
  return userProperties;
}

/** The user properties among properties that {@link checkProperties} let through. */
export function readUserProperties(buf: Buffer, start: number, end: number): DecodedUserProperties {
  const found: DecodedUserProperties = [];
  for (let at = start; at < end; ) {
    const valueAt = at + 1;
    if (buf[at] === USER_PROPERTY) {
      const nameEnd = afterBinary(buf, valueAt, end);
      found.push([
        buf.toString('utf8', valueAt + 2, nameEnd),
        buf.toString('utf8', nameEnd + 2, afterBinary(buf, nameEnd, end)),
      ]);
    }
    at = afterValue(buf, valueAt, end, BY_ID[buf[at]!]!.type);
  }
  return found;
}

/** The bytes of checked properties with every property of identifier `id` left out. An owned copy. */
export function propertiesWithout(buf: Buffer, start: number, end: number, id: number): Buffer {
  const kept: Buffer[] = [];
  for (let at = start; at < end; ) {
    const next = afterValue(buf, at + 1, end, BY_ID[buf[at]!]!.type);
    if (buf[at] !== id) kept.push(buf.subarray(at, next));
    at = next;
  }
  return Buffer.concat(kept);
}

/**
 * Offset after a UTF-8 encoded string of a property, `at` being its length.
 * @throws MqttError MALFORMED_PROPERTIES (0x81)
 */
export function afterString(buf: Buffer, at: number, end: number): number {
  const next = afterBinary(buf, at, end);
  if (!isWellFormedUtf8(buf, at + 2, next)) {
    throw new MqttError('MALFORMED_PROPERTIES', { detail: 'string is not well-formed UTF-8' }); // [MQTT-1.5.4-1]
  }
  return next;
}

/**
 * Offset after binary data of a property, `at` being its length.
 * @throws MqttError MALFORMED_PROPERTIES (0x81)
 */
export function afterBinary(buf: Buffer, at: number, end: number): number {
  if (at + 2 > end) throw truncated();
  const next = at + 2 + buf.readUInt16BE(at);
  if (next > end) throw truncated();
  return next;
}

/**
 * Offset after `size` bytes of a property.
 * @throws MqttError MALFORMED_PROPERTIES (0x81)
 */
export function afterBytes(at: number, end: number, size: number): number {
  if (at + size > end) throw truncated();
  return at + size;
}

/**
 * Offset after a variable byte integer of a property.
 * @throws MqttError MALFORMED_PROPERTIES (0x81), MALFORMED_VARINT (0x81)
 */
export function afterVarint(buf: Buffer, at: number, end: number): number {
  const read = readVarint(buf, at, end);
  if (read < 0) throw truncated();
  const next = at + (read & 7);
  // A last byte of 0 after others adds nothing: not the fewest bytes [MQTT-1.5.5-1].
  if (next > at + 1 && buf[next - 1] === 0)
    throw new MqttError('MALFORMED_VARINT', { detail: 'not the shortest form' });
  return next;
}

/** A property that the specification has no place for here: a malformed packet by 2.2.2.2. */
export function misplaced(id: number): MqttError {
  return new MqttError('MALFORMED_PROPERTIES', { detail: `identifier 0x${id.toString(16).padStart(2, '0')}` });
}

/** A second copy of a property that may appear once. */
export function duplicate(name: string): MqttError {
  return new MqttError('DUPLICATE_PROPERTY', { detail: name });
}

/**
 * A response topic is a topic name: not empty [MQTT-4.7.3-1], no wildcard [MQTT-3.3.2-14].
 * @throws MqttError FORBIDDEN_PROPERTY (0x82)
 */
export function checkResponseTopic(buf: Buffer, start: number, end: number): void {
  let isValid = end > start;
  for (let at = start; at < end; at++) {
    if (buf[at] === 0x23 || buf[at] === 0x2b) isValid = false;
  }
  if (!isValid) throw new MqttError('FORBIDDEN_PROPERTY', { detail: 'response topic is not a topic name' });
}

function truncated(): MqttError {
  return new MqttError('MALFORMED_PROPERTIES', { detail: 'truncated' });
}

function afterValue(buf: Buffer, at: number, end: number, type: PropertyType): number {
  switch (type) {
    case 'byte':
      return afterBytes(at, end, 1);
    case 'uint16':
      return afterBytes(at, end, 2);
    case 'uint32':
      return afterBytes(at, end, 4);
    case 'varint':
      return afterVarint(buf, at, end);
    case 'string':
      return afterString(buf, at, end);
    case 'binary':
      return afterBinary(buf, at, end);
    case 'pair':
      return afterString(buf, afterString(buf, at, end), end); // [MQTT-1.5.7-1]
    default:
      return type satisfies never;
  }
}

/** Refuses the values that the data type allows and the property does not. */
function checkValue(buf: Buffer, at: number, next: number, id: number): void {
  switch (id) {
    case 0x01: // 3.3.2.3.2, 3.1.3.2.3
    case 0x17: // 3.1.2.11.7
    case 0x19: // 3.1.2.11.6
    case 0x24: // 3.2.2.3.4
    case 0x25: // 3.2.2.3.5
    case 0x28: // 3.2.2.3.11
    case 0x29: // 3.2.2.3.12
    case 0x2a: // 3.2.2.3.13
      if (buf[at]! > 1) throw forbidden(id, 'is neither 0 nor 1');
      break;
    case 0x08:
      checkResponseTopic(buf, at + 2, next);
      break;
    case 0x0b: // 3.8.2.1.2
      if (buf[at] === 0) throw forbidden(id, 'is 0');
      break;
    case 0x21: // 3.1.2.11.3
      if (buf.readUInt16BE(at) === 0) throw forbidden(id, 'is 0');
      break;
    case 0x23: // [MQTT-3.3.2-8]
      if (buf.readUInt16BE(at) === 0) throw new MqttError('TOPIC_ALIAS_INVALID', { detail: 'is 0' });
      break;
    case 0x27: // 3.1.2.11.4
      if (buf.readUInt32BE(at) === 0) throw forbidden(id, 'is 0');
      break;
  }
}

function forbidden(id: number, why: string): MqttError {
  return new MqttError('FORBIDDEN_PROPERTY', { detail: `${BY_ID[id]?.name} ${why}` });
}
