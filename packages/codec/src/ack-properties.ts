import { MqttError } from './mqtt-error.ts';
import { checkProperties, PropertyPlace } from './properties.ts';
import { readVarint, varintSize } from './varint.ts';

/** A client's acknowledgement may carry this many user properties; they are checked and forgotten. */
const USER_PROPERTY_LIMIT = 1024;

/**
 * Checks the properties of an acknowledgement: `buf[at, end)` is their length and then themselves, up to the end.
 * @throws MqttError MALFORMED_PROPERTIES, MALFORMED_VARINT, DUPLICATE_PROPERTY, TOO_MANY_USER_PROPERTIES
 */
export function scanAckProperties(buf: Buffer, at: number, end: number): void {
  const packed = readVarint(buf, at, end);
  if (packed < 0) throw new MqttError('MALFORMED_PROPERTIES', { detail: 'length ends outside the packet' });
  const used = packed & 7;
  const length = (packed - used) / 8;
  // [MQTT-1.5.5-1]
  if (used !== varintSize(length)) throw new MqttError('MALFORMED_VARINT', { detail: 'not the shortest form' });
  if (at + used + length !== end)
    throw new MqttError('MALFORMED_PROPERTIES', { detail: 'length differs from the packet' });
  checkProperties(buf, at + used, end, PropertyPlace.Puback, USER_PROPERTY_LIMIT);
}
