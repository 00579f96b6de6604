import { type FrameVector, frameVectors } from './vector.ts';

/**
 * DISCONNECT, well formed and not.
 * @see MQTT 5.0, 3.14; MQTT 3.1.1, 3.14
 */
export const disconnectVectors: readonly FrameVector[] = frameVectors([
  ['3.1.1: nothing after the fixed header', 4, 'e0 00'],
  ['3.1: nothing after the fixed header', 3, 'e0 00'],
  ['5.0: nothing after the fixed header means normal disconnection', 5, 'e0 00'],
  ['5.0: with will, no property length [MQTT-3.14.2-1]', 5, 'e0 01 04'],
  [
    '5.0: session expiry, reason string, user properties',
    5,
    'e0 1b 00 19 11 00 00 00 1e 1f 00 03 62 79 65 26 00 01 62 00 01 31 26 00 01 61 00 01 32',
  ],
  ['reserved flags set [MQTT-3.14.1-1]', 5, 'e1 00', 'MALFORMED_FLAGS'],
  ['3.1.1: reserved flags set [v3.1.1 MQTT-3.14.1-1]', 4, 'e2 00', 'MALFORMED_FLAGS'],
  ['3.1.1: a reason code', 4, 'e0 01 00', 'MALFORMED_PACKET'],
  ['3.1: a reason code', 3, 'e0 01 00', 'MALFORMED_PACKET'],
  ['a reason code only servers send: session taken over [MQTT-3.14.2-1]', 5, 'e0 01 8e', 'REASON_CODE_NOT_ALLOWED'],
  ['a reason code of CONNACK: bad user name or password [MQTT-3.14.2-1]', 5, 'e0 01 86', 'REASON_CODE_NOT_ALLOWED'],
  ['a reason code nobody knows [MQTT-3.14.2-1]', 5, 'e0 01 05', 'REASON_CODE_NOT_ALLOWED'],
  ['bytes after the properties', 5, 'e0 03 00 00 00', 'MALFORMED_PACKET'],
  ['properties longer than the packet', 5, 'e0 02 00 05', 'MALFORMED_PROPERTIES'],
  ['session expiry interval twice', 5, 'e0 0c 00 0a 11 00 00 00 01 11 00 00 00 01', 'DUPLICATE_PROPERTY'],
  ['reason string is not UTF-8 [MQTT-1.5.4-1]', 5, 'e0 06 00 04 1f 00 01 ff', 'MALFORMED_PROPERTIES'],
  ['a property of CONNECT: receive maximum', 5, 'e0 05 00 03 21 00 01', 'MALFORMED_PROPERTIES'],
]);
