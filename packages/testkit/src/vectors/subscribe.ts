import { type FrameVector, frameVectors } from './vector.ts';

/**
 * SUBSCRIBE, well formed and not.
 * @see MQTT 5.0, 3.8; MQTT 3.1.1, 3.8
 */
export const subscribeVectors: readonly FrameVector[] = frameVectors([
  ['3.1.1: two topic filters', 4, '82 0e 00 0a 00 03 61 2f 62 01 00 03 63 2f 23 02'],
  ['3.1: one topic filter', 3, '82 06 00 0a 00 01 61 00'],
  ['5.0: all subscription options', 5, '82 09 00 0a 00 00 03 61 2f 62 2e'],
  ['5.0: retain handling 1', 5, '82 09 00 0a 00 00 03 61 2f 2b 11'],
  [
    '5.0: subscription identifier and user properties',
    5,
    '82 18 00 0a 11 0b ac 02 26 00 01 62 00 01 31 26 00 01 61 00 01 32 00 01 61 01',
  ],
  ['5.0: the largest subscription identifier', 5, '82 0c 00 0a 05 0b ff ff ff 7f 00 01 61 00'],
  ['3.1: one topic filter, sent again', 3, '8a 06 00 0a 00 01 61 00'],
  ['flags 0000 [MQTT-3.8.1-1]', 5, '80 07 00 0a 00 00 01 61 00', 'MALFORMED_FLAGS'],
  ['3.1.1: flags 0000 [v3.1.1 MQTT-3.8.1-1]', 4, '80 06 00 0a 00 01 61 00', 'MALFORMED_FLAGS'],
  ['3.1.1: DUP, as 3.1 has it [v3.1.1 MQTT-3.8.1-1]', 4, '8a 06 00 0a 00 01 61 00', 'MALFORMED_FLAGS'],
  ['packet identifier 0 [MQTT-2.2.1-3]', 5, '82 07 00 00 00 00 01 61 00', 'PACKET_ID_ZERO'],
  ['3.1.1: packet identifier 0 [v3.1.1 MQTT-2.3.1-1]', 4, '82 06 00 00 00 01 61 00', 'PACKET_ID_ZERO'],
  ['ends in the packet identifier', 5, '82 01 00', 'MALFORMED_PACKET'],
  ['no topic filter [MQTT-3.8.3-2]', 5, '82 03 00 0a 00', 'PAYLOAD_EMPTY'],
  ['3.1.1: no topic filter [v3.1.1 MQTT-3.8.3-3]', 4, '82 02 00 0a', 'PAYLOAD_EMPTY'],
  ['topic filter without options [MQTT-3.8.3-2]', 5, '82 06 00 0a 00 00 01 61', 'MALFORMED_PACKET'],
  [
    '3.1.1: second topic filter cut off [v3.1.1 MQTT-3.8.3-3]',
    4,
    '82 09 00 0a 00 01 61 00 00 05 62',
    'MALFORMED_PACKET',
  ],
  ['topic filter is not UTF-8 [MQTT-3.8.3-1]', 5, '82 07 00 0a 00 00 01 fe 00', 'MALFORMED_UTF8'],
  ['3.1.1: topic filter is not UTF-8 [v3.1.1 MQTT-3.8.3-1]', 4, '82 06 00 0a 00 01 fe 00', 'MALFORMED_UTF8'],
  ['topic filter has U+0000 [MQTT-4.7.3-2]', 5, '82 08 00 0a 00 00 02 61 00 00', 'MALFORMED_UTF8'],
  ['bit 6 of the options set [MQTT-3.8.3-5]', 5, '82 07 00 0a 00 00 01 61 40', 'MALFORMED_PACKET'],
  ['bit 7 of the options set [MQTT-3.8.3-5]', 5, '82 07 00 0a 00 00 01 61 80', 'MALFORMED_PACKET'],
  ['3.1.1: an option of 5.0 set [v3.1.1 MQTT-3.8.3-4]', 4, '82 06 00 0a 00 01 61 04', 'MALFORMED_PACKET'],
  ['requested QoS 3', 5, '82 07 00 0a 00 00 01 61 03', 'MALFORMED_PACKET'],
  ['3.1.1: requested QoS 3 [v3.1.1 MQTT-3.8.3-4]', 4, '82 06 00 0a 00 01 61 03', 'MALFORMED_PACKET'],
  ['retain handling 3', 5, '82 07 00 0a 00 00 01 61 30', 'RETAIN_HANDLING_INVALID'],
  ['subscription identifier 0', 5, '82 09 00 0a 02 0b 00 00 01 61 00', 'FORBIDDEN_PROPERTY'],
  [
    'subscription identifier of five bytes [MQTT-1.5.5-1]',
    5,
    '82 0d 00 0a 06 0b 80 80 80 80 01 00 01 61 00',
    'MALFORMED_VARINT',
  ],
  [
    'subscription identifier is not the shortest form [MQTT-1.5.5-1]',
    5,
    '82 0a 00 0a 03 0b 81 00 00 01 61 00',
    'MALFORMED_VARINT',
  ],
  ['subscription identifier twice', 5, '82 0b 00 0a 04 0b 01 0b 01 00 01 61 00', 'DUPLICATE_PROPERTY'],
  ['a property of SUBACK: reason string', 5, '82 0b 00 0a 04 1f 00 01 72 00 01 61 00', 'MALFORMED_PROPERTIES'],
  ['properties longer than the packet', 5, '82 07 00 0a 20 00 01 61 00', 'MALFORMED_PROPERTIES'],
]);
