import { type FrameVector, frameVectors } from './vector.ts';

/**
 * UNSUBSCRIBE, well formed and not.
 * @see MQTT 5.0, 3.10; MQTT 3.1.1, 3.10
 */
export const unsubscribeVectors: readonly FrameVector[] = frameVectors([
  ['3.1.1: two topic filters', 4, 'a2 0c 00 0a 00 03 61 2f 62 00 03 63 2f 23'],
  ['3.1: one topic filter', 3, 'a2 05 00 0a 00 01 61'],
  [
    '5.0: two topic filters and user properties',
    5,
    'a2 1b 00 0a 0e 26 00 01 62 00 01 31 26 00 01 61 00 01 32 00 03 61 2f 62 00 03 63 2f 23',
  ],
  ['3.1: one topic filter, sent again', 3, 'aa 05 00 0a 00 01 61'],
  ['flags 0000 [MQTT-3.10.1-1]', 5, 'a0 06 00 0a 00 00 01 61', 'MALFORMED_FLAGS'],
  ['3.1.1: flags 0011 [v3.1.1 MQTT-3.10.1-1]', 4, 'a3 05 00 0a 00 01 61', 'MALFORMED_FLAGS'],
  ['3.1.1: DUP, as 3.1 has it [v3.1.1 MQTT-3.10.1-1]', 4, 'aa 05 00 0a 00 01 61', 'MALFORMED_FLAGS'],
  ['packet identifier 0 [MQTT-2.2.1-3]', 5, 'a2 06 00 00 00 00 01 61', 'PACKET_ID_ZERO'],
  ['3.1.1: packet identifier 0 [v3.1.1 MQTT-2.3.1-1]', 4, 'a2 05 00 00 00 01 61', 'PACKET_ID_ZERO'],
  ['no topic filter [MQTT-3.10.3-2]', 5, 'a2 03 00 0a 00', 'PAYLOAD_EMPTY'],
  ['3.1.1: no topic filter [v3.1.1 MQTT-3.10.3-2]', 4, 'a2 02 00 0a', 'PAYLOAD_EMPTY'],
  ['topic filter is not UTF-8 [MQTT-3.10.3-1]', 5, 'a2 06 00 0a 00 00 01 80', 'MALFORMED_UTF8'],
  ['3.1.1: topic filter is not UTF-8 [v3.1.1 MQTT-3.10.3-1]', 4, 'a2 05 00 0a 00 01 80', 'MALFORMED_UTF8'],
  ['topic filter longer than the packet', 5, 'a2 06 00 0a 00 00 05 61', 'MALFORMED_PACKET'],
  ['one byte after the last topic filter', 4, 'a2 06 00 0a 00 01 61 00', 'MALFORMED_PACKET'],
  ['a property of SUBSCRIBE: subscription identifier', 5, 'a2 08 00 0a 02 0b 01 00 01 61', 'MALFORMED_PROPERTIES'],
]);
