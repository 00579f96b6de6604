import { type FrameVector, frameVectors } from './vector.ts';

/**
 * CONNECT that is accepted as well formed, for MQTT 3.1, 3.1.1 and 5.0.
 * @see MQTT 5.0, 3.1; MQTT 3.1.1, 3.1
 */
export const connectVectors: readonly FrameVector[] = frameVectors([
  ['3.1: protocol name MQIsdp, level 3', 3, '10 0f 00 06 4d 51 49 73 64 70 03 02 00 3c 00 01 61'],
  ['3.1: bridge bit in the level', 3, '10 0f 00 06 4d 51 49 73 64 70 83 02 00 3c 00 01 61'],
  ['3.1: user name and password announced and left out', 3, '10 0f 00 06 4d 51 49 73 64 70 03 c2 00 3c 00 01 61'],
  ['3.1: password announced and left out', 3, '10 12 00 06 4d 51 49 73 64 70 03 c2 00 3c 00 01 61 00 01 75'],
  ['3.1.1: only a client identifier [v3.1.1 MQTT-3.1.3-3]', 4, '10 0d 00 04 4d 51 54 54 04 02 00 3c 00 01 61'],
  ['3.1.1: bridge bit in the level', 4, '10 0d 00 04 4d 51 54 54 84 02 00 3c 00 01 61'],
  [
    '3.1.1: empty client identifier, clean session [v3.1.1 MQTT-3.1.3-6]',
    4,
    '10 0c 00 04 4d 51 54 54 04 02 00 3c 00 00',
  ],
  ['3.1.1: clean session 0', 4, '10 0d 00 04 4d 51 54 54 04 00 00 3c 00 01 61'],
  [
    '3.1.1: will, user name and password in their order [v3.1.1 MQTT-3.1.3-1]',
    4,
    '10 21 00 04 4d 51 54 54 04 ee 00 3c 00 01 61 00 03 77 2f 74 00 03 62 79 65 00 04 75 73 65 72 00 02 00 ff',
  ],
  [
    '3.1.1: user name without password [v3.1.1 MQTT-3.1.2-19]',
    4,
    '10 13 00 04 4d 51 54 54 04 82 00 3c 00 01 61 00 04 75 73 65 72',
  ],
  [
    '3.1.1: will QoS 2, not retained, empty payload [v3.1.1 MQTT-3.1.2-9]',
    4,
    '10 12 00 04 4d 51 54 54 04 16 00 3c 00 01 61 00 01 77 00 00',
  ],
  ['3.1.1: U+FEFF is kept [v3.1.1 MQTT-1.5.3-3]', 4, '10 10 00 04 4d 51 54 54 04 02 00 3c 00 04 ef bb bf 61'],
  ['5.0: property length 0 [MQTT-2.2.2-1]', 5, '10 0e 00 04 4d 51 54 54 05 02 00 3c 00 00 01 61'],
  ['5.0: empty client identifier, clean start 0', 5, '10 0d 00 04 4d 51 54 54 05 00 00 3c 00 00 00'],
  ['5.0: U+FEFF is kept [MQTT-1.5.4-3]', 5, '10 11 00 04 4d 51 54 54 05 02 00 3c 00 00 04 ef bb bf 61'],
  [
    '5.0: every property',
    5,
    '10 40 00 04 4d 51 54 54 05 02 00 3c 32 11 00 00 00 0a 21 00 14 27 00 00 10 00 22 00 05 19 01 17 00 26 00 01 62 00 01 32 26 00 01 61 00 01 31 26 00 01 62 00 01 33 15 00 01 6d 16 00 02 01 00 00 01 61',
  ],
  [
    '5.0: a will with every property [MQTT-3.1.3-10]',
    5,
    '10 3e 00 04 4d 51 54 54 05 06 00 3c 00 00 01 61 29 18 00 00 00 05 01 01 02 00 00 00 3c 03 00 01 74 08 00 03 72 2f 74 09 00 02 09 00 26 00 01 62 00 01 31 26 00 01 61 00 01 32 00 01 77 00 01 78',
  ],
  [
    '5.0: password without user name [MQTT-3.1.2-19]',
    5,
    '10 16 00 04 4d 51 54 54 05 42 00 3c 00 00 01 61 00 06 73 65 63 72 65 74',
  ],
  [
    '5.0: will QoS 1, retained, user name, password [MQTT-3.1.3-1]',
    5,
    '10 1f 00 04 4d 51 54 54 05 ee 00 3c 00 00 01 61 00 00 01 77 00 01 78 00 04 75 73 65 72 00 02 70 77',
  ],
]);
