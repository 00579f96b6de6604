import { type FrameVector, frameVectors } from './vector.ts';

/**
 * AUTH, well formed and not.
 * @see MQTT 5.0, 3.15
 */
export const authVectors: readonly FrameVector[] = frameVectors([
  ['5.0: continue authentication with data', 5, 'f0 0f 18 0d 15 00 05 53 43 52 41 4d 16 00 02 00 01'],
  [
    '5.0: re-authenticate with reason string and user property',
    5,
    'f0 11 19 0f 15 00 01 6d 1f 00 01 72 26 00 01 61 00 01 31',
  ],
  ['reserved flags set [MQTT-3.15.1-1]', 5, 'f1 06 18 04 15 00 01 6d', 'MALFORMED_FLAGS'],
  ['3.1.1: type 15 is reserved', 4, 'f0 00', 'PACKET_TYPE_RESERVED'],
  ['3.1: type 15 is reserved', 3, 'f0 00', 'PACKET_TYPE_RESERVED'],
  ['no reason code means success, for servers only [MQTT-3.15.2-1]', 5, 'f0 00', 'REASON_CODE_NOT_ALLOWED'],
  ['success, for servers only [MQTT-3.15.2-1]', 5, 'f0 06 00 04 15 00 01 6d', 'REASON_CODE_NOT_ALLOWED'],
  ['a reason code nobody knows [MQTT-3.15.2-1]', 5, 'f0 06 1a 04 15 00 01 6d', 'REASON_CODE_NOT_ALLOWED'],
  ['no property length', 5, 'f0 01 18', 'MALFORMED_PROPERTIES'],
  ['no authentication method', 5, 'f0 06 18 04 16 00 01 78', 'PROPERTY_MISSING'],
  ['authentication method twice', 5, 'f0 0a 18 08 15 00 01 6d 15 00 01 6d', 'DUPLICATE_PROPERTY'],
  ['bytes after the properties', 5, 'f0 07 18 04 15 00 01 6d 00', 'MALFORMED_PACKET'],
  [
    'a property of CONNECT: session expiry interval',
    5,
    'f0 0b 18 09 15 00 01 6d 11 00 00 00 01',
    'MALFORMED_PROPERTIES',
  ],
]);
