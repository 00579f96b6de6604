import { type FrameVector, frameVectors } from './vector.ts';

/**
 * Fixed headers from which no frame can begin.
 * @see MQTT 5.0, 2.1.4
 */
export const fixedHeaderVectors: readonly FrameVector[] = frameVectors([
  ['remaining length of five bytes [MQTT-1.5.5-1]', 5, '30 80 80 80 80 01', 'MALFORMED_VARINT'],
  ['3.1.1: remaining length of five bytes', 4, '30 ff ff ff ff 7f', 'MALFORMED_VARINT'],
  ['CONNECT with a remaining length of five bytes', 4, '10 80 80 80 80 00', 'MALFORMED_VARINT'],
]);
