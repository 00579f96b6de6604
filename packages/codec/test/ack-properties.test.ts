import { expect, it } from 'vitest';
import { scanAckProperties } from '../src/ack-properties.ts';
import { thrownBy } from './decode-vector.ts';

it.each([
  ['none', '00', undefined],
  ['reason string and user properties', '0b 1f 00 01 72 26 00 01 61 00 01 31', undefined],
  ['user property', '07 26 00 01 61 00 01 31', undefined],
  ['longer than the packet', '0c 1f 00 01 72 26 00 01 61 00 01 31', 'MALFORMED_PROPERTIES'],
  ['no length', '', 'MALFORMED_PROPERTIES'],
  ['a length cut off', '80', 'MALFORMED_PROPERTIES'],
  ['a length of five bytes [MQTT-1.5.5-1]', '80 80 80 80 01', 'MALFORMED_VARINT'],
  ['a length of two bytes that one would do for [MQTT-1.5.5-1]', '80 00', 'MALFORMED_VARINT'],
  ['a length of three bytes that one would do for [MQTT-1.5.5-1]', '87 80 00 26 00 01 61 00 01 31', 'MALFORMED_VARINT'],
  ['shorter than the packet', '00 00', 'MALFORMED_PROPERTIES'],
  ['reason string twice', '08 1f 00 01 72 1f 00 01 72', 'DUPLICATE_PROPERTY'],
  ['a property of CONNACK: server reference', '04 1c 00 01 72', 'MALFORMED_PROPERTIES'],
])('properties of an acknowledgement: %s', (_name, hex, code) => {
  const bytes = Buffer.from(`ff${hex.replaceAll(' ', '')}`, 'hex');
  const error = thrownBy(() => scanAckProperties(bytes, 1, bytes.length));
  if (code === undefined) expect(error).toBeUndefined();
  else expect(error).toMatchObject({ code });
});
