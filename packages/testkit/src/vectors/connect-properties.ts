import { type FrameVector, frameVectors } from './vector.ts';

/**
 * CONNECT that is refused for its properties or those of its will.
 * @see MQTT 5.0, 3.1.2.11, 3.1.3.2
 */
export const connectPropertyVectors: readonly FrameVector[] = frameVectors([
  ['no property length [MQTT-2.2.2-1]', 5, '10 0a 00 04 4d 51 54 54 05 02 00 3c', 'MALFORMED_PROPERTIES'],
  ['properties longer than the packet', 5, '10 0b 00 04 4d 51 54 54 05 02 00 3c 20', 'MALFORMED_PROPERTIES'],
  [
    'property length is not the shortest form [MQTT-1.5.5-1]',
    5,
    '10 0f 00 04 4d 51 54 54 05 02 00 3c 80 00 00 01 61',
    'MALFORMED_VARINT',
  ],
  [
    'property length of five bytes [MQTT-1.5.5-1]',
    5,
    '10 12 00 04 4d 51 54 54 05 02 00 3c 80 80 80 80 00 00 01 61',
    'MALFORMED_VARINT',
  ],
  ['unknown property', 5, '10 10 00 04 4d 51 54 54 05 02 00 3c 02 04 00 00 01 61', 'MALFORMED_PROPERTIES'],
  [
    'a property of PUBLISH: topic alias',
    5,
    '10 11 00 04 4d 51 54 54 05 02 00 3c 03 23 00 01 00 01 61',
    'MALFORMED_PROPERTIES',
  ],
  [
    'a property of the will: will delay interval',
    5,
    '10 13 00 04 4d 51 54 54 05 02 00 3c 05 18 00 00 00 01 00 01 61',
    'MALFORMED_PROPERTIES',
  ],
  ['a property cut off', 5, '10 11 00 04 4d 51 54 54 05 02 00 3c 03 11 00 00 00 01 61', 'MALFORMED_PROPERTIES'],
  [
    'session expiry interval twice',
    5,
    '10 18 00 04 4d 51 54 54 05 02 00 3c 0a 11 00 00 00 01 11 00 00 00 01 00 01 61',
    'DUPLICATE_PROPERTY',
  ],
  ['receive maximum 0', 5, '10 11 00 04 4d 51 54 54 05 02 00 3c 03 21 00 00 00 01 61', 'FORBIDDEN_PROPERTY'],
  ['maximum packet size 0', 5, '10 13 00 04 4d 51 54 54 05 02 00 3c 05 27 00 00 00 00 00 01 61', 'FORBIDDEN_PROPERTY'],
  ['request problem information 2', 5, '10 10 00 04 4d 51 54 54 05 02 00 3c 02 17 02 00 01 61', 'FORBIDDEN_PROPERTY'],
  ['request response information 2', 5, '10 10 00 04 4d 51 54 54 05 02 00 3c 02 19 02 00 01 61', 'FORBIDDEN_PROPERTY'],
  [
    'authentication data without method',
    5,
    '10 12 00 04 4d 51 54 54 05 02 00 3c 04 16 00 01 78 00 01 61',
    'PROPERTY_MISSING',
  ],
  [
    'user property name is not UTF-8 [MQTT-1.5.7-1]',
    5,
    '10 15 00 04 4d 51 54 54 05 02 00 3c 07 26 00 01 ff 00 01 76 00 01 61',
    'MALFORMED_PROPERTIES',
  ],
  [
    'user property value has U+0000 [MQTT-1.5.7-1]',
    5,
    '10 15 00 04 4d 51 54 54 05 02 00 3c 07 26 00 01 6e 00 01 00 00 01 61',
    'MALFORMED_PROPERTIES',
  ],
  [
    'will with a property of PUBLISH: topic alias',
    5,
    '10 18 00 04 4d 51 54 54 05 06 00 3c 00 00 01 61 03 23 00 01 00 01 77 00 01 78',
    'MALFORMED_PROPERTIES',
  ],
  [
    'will delay interval twice',
    5,
    '10 1f 00 04 4d 51 54 54 05 06 00 3c 00 00 01 61 0a 18 00 00 00 01 18 00 00 00 02 00 01 77 00 01 78',
    'DUPLICATE_PROPERTY',
  ],
  [
    'will payload format indicator 2',
    5,
    '10 17 00 04 4d 51 54 54 05 06 00 3c 00 00 01 61 02 01 02 00 01 77 00 01 78',
    'FORBIDDEN_PROPERTY',
  ],
  [
    'will response topic with a wildcard [MQTT-3.3.2-14]',
    5,
    '10 1b 00 04 4d 51 54 54 05 06 00 3c 00 00 01 61 06 08 00 03 61 2f 2b 00 01 77 00 01 78',
    'FORBIDDEN_PROPERTY',
  ],
  [
    'will response topic is not UTF-8 [MQTT-3.3.2-13]',
    5,
    '10 19 00 04 4d 51 54 54 05 06 00 3c 00 00 01 61 04 08 00 01 ff 00 01 77 00 01 78',
    'MALFORMED_PROPERTIES',
  ],
  [
    'will content type is not UTF-8 [MQTT-3.3.2-19]',
    5,
    '10 19 00 04 4d 51 54 54 05 06 00 3c 00 00 01 61 04 03 00 01 ff 00 01 77 00 01 78',
    'MALFORMED_PROPERTIES',
  ],
]);
