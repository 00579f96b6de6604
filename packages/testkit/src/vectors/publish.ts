import { type FrameVector, frameVectors } from './vector.ts';

/**
 * PUBLISH as a client may send it.
 * @see MQTT 5.0, 3.3; MQTT 3.1.1, 3.3
 */
export const publishVectors: readonly FrameVector[] = frameVectors([
  ['3.1.1: QoS 0 [v3.1.1 MQTT-2.3.1-5]', 4, '30 07 00 03 61 2f 62 68 69'],
  ['3.1.1: QoS 1', 4, '32 09 00 03 61 2f 62 00 0a 68 69'],
  ['3.1.1: QoS 2, retained, DUP', 4, '3d 09 00 03 61 2f 62 00 0a 68 69'],
  ['3.1.1: empty payload', 4, '31 05 00 03 61 2f 62'],
  ['5.0: QoS 0 without packet identifier [MQTT-2.2.1-2]', 5, '30 08 00 03 61 2f 62 00 68 69'],
  ['5.0: QoS 1, DUP [MQTT-3.3.1-1]', 5, '3a 0a 00 03 61 2f 62 00 0a 00 68 69'],
  ['5.0: QoS 2', 5, '34 0a 00 03 61 2f 62 00 0a 00 68 69'],
  ['5.0: empty payload, retained', 5, '31 06 00 03 61 2f 62 00'],
  ['5.0: topic alias instead of a topic name', 5, '30 08 00 00 03 23 00 05 68 69'],
  [
    '5.0: every property a client may send',
    5,
    '32 2d 00 01 61 00 0a 25 01 01 02 00 00 00 3c 23 00 05 08 00 01 72 09 00 02 00 01 26 00 01 62 00 01 31 26 00 01 61 00 01 32 03 00 01 74 68 69',
  ],
  [
    '5.0: 131 bytes of properties take two length bytes',
    5,
    '30 8a 01 00 01 61 83 01 03 00 80 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 74 68 69',
  ],
  ['5.0: an astral character in the topic name [MQTT-1.5.4-1]', 5, '30 0b 00 06 61 2f f0 9f 99 82 00 68 69'],
  ['5.0: U+FEFF in the topic name [MQTT-1.5.4-3]', 5, '30 09 00 04 ef bb bf 61 00 68 69'],
]);
