import { type FrameVector, frameVectors } from './vector.ts';

/**
 * PINGREQ, well formed and not.
 * @see MQTT 5.0, 3.12
 */
export const pingreqVectors: readonly FrameVector[] = frameVectors([
  ['5.0: nothing after the fixed header', 5, 'c0 00'],
  ['3.1.1: nothing after the fixed header', 4, 'c0 00'],
  ['3.1: nothing after the fixed header', 3, 'c0 00'],
  ['reserved flags set [MQTT-2.1.3-1]', 5, 'c1 00', 'MALFORMED_FLAGS'],
  ['3.1.1: reserved flags set [v3.1.1 MQTT-2.2.2-1]', 4, 'c8 00', 'MALFORMED_FLAGS'],
  ['a byte after the fixed header', 5, 'c0 01 00', 'MALFORMED_PACKET'],
  ['3.1.1: a byte after the fixed header', 4, 'c0 01 00', 'MALFORMED_PACKET'],
]);
