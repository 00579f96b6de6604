import { type FrameVector, frameVectors } from './vector.ts';

/**
 * Packet types a client never sends: those of servers, and the reserved type 0.
 * @see MQTT 5.0, 2.1.2
 */
export const wrongTypeVectors: readonly FrameVector[] = frameVectors([
  ['5.0: type 0 is reserved', 5, '00 00', 'PACKET_TYPE_RESERVED'],
  ['5.0: CONNACK', 5, '20 03 00 00 00', 'PACKET_FROM_SERVER'],
  ['5.0: SUBACK', 5, '90 04 00 0a 00 00', 'PACKET_FROM_SERVER'],
  ['5.0: UNSUBACK', 5, 'b0 04 00 0a 00 00', 'PACKET_FROM_SERVER'],
  ['5.0: PINGRESP', 5, 'd0 00', 'PACKET_FROM_SERVER'],
  ['3.1.1: type 0 is reserved', 4, '00 00', 'PACKET_TYPE_RESERVED'],
  ['3.1.1: CONNACK', 4, '20 02 00 00', 'PACKET_FROM_SERVER'],
  ['3.1.1: SUBACK', 4, '90 03 00 0a 00', 'PACKET_FROM_SERVER'],
  ['3.1.1: UNSUBACK', 4, 'b0 02 00 0a', 'PACKET_FROM_SERVER'],
  ['3.1.1: PINGRESP', 4, 'd0 00', 'PACKET_FROM_SERVER'],
]);
