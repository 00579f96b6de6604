import { describe, expect, it } from 'vitest';
import type { ServerControlPacket } from '../src/control-packet.ts';
import { decodeServerControl } from '../src/decode-server.ts';
import { encodeControl } from '../src/encode-control.ts';
import { MqttError } from '../src/mqtt-error.ts';

const LIMITS = { maxUserProperties: 8 };
const decode = (hex: string, version: 3 | 4 | 5) => decodeServerControl(Buffer.from(hex, 'hex'), version, LIMITS);

describe('comes back as the broker encodes it', () => {
  it.each<[string, ServerControlPacket]>([
    ['CONNACK', { type: 'connack', reasonCode: 0, sessionPresent: true }],
    [
      'CONNACK with properties',
      {
        type: 'connack',
        reasonCode: 0x9d,
        sessionPresent: false,
        sessionExpirySeconds: 60,
        receiveMaximum: 20,
        maximumQos: 1,
        retainAvailable: false,
        maximumPacketBytes: 4096,
        assignedClientId: 'x',
        topicAliasMaximum: 4,
        reasonString: 'why',
        userProperties: [
          ['a', '1'],
          ['a', '2'],
        ],
        serverKeepAliveSeconds: 5,
        serverReference: 'other:1883',
      },
    ],
    ['SUBACK', { type: 'suback', packetId: 7, reasonCodes: [0, 1, 2, 0x87], reasonString: 'r' }],
    ['UNSUBACK', { type: 'unsuback', packetId: 7, reasonCodes: [0, 0x11], reasonString: 'r' }],
    ['DISCONNECT', { type: 'disconnect', reasonCode: 0x9c, reasonString: 'r', serverReference: 's' }],
  ])('%s', (_name, packet) => {
    expect(decodeServerControl(encodeControl(packet, 5), 5, LIMITS)).toMatchObject(packet);
  });
});

describe('3.1.1', () => {
  it.each([
    ['accepted with a session', '20020100', { type: 'connack', reasonCode: 0, sessionPresent: true }],
    ['protocol version', '20020001', { type: 'connack', reasonCode: 0x84, sessionPresent: false }],
    ['bad user name or password', '20020004', { type: 'connack', reasonCode: 0x86, sessionPresent: false }],
    ['not authorized', '20020005', { type: 'connack', reasonCode: 0x87, sessionPresent: false }],
    ['an unknown return code', '20020099', { type: 'connack', reasonCode: 0x80, sessionPresent: false }],
    ['SUBACK', '90040007 0180', { type: 'suback', packetId: 7, reasonCodes: [1, 0x80] }],
    ['UNSUBACK', 'b0020007', { type: 'unsuback', packetId: 7, reasonCodes: [] }],
  ])('%s', (_name, hex, packet) => {
    expect(decode(hex.replace(' ', ''), 4)).toEqual(packet);
  });

  it('knows no session present in 3.1, whose byte is reserved', () => {
    expect(decode('2002ff00', 3)).toEqual({ type: 'connack', reasonCode: 0, sessionPresent: false });
  });
});

describe('refuses', () => {
  it.each([
    ['CONNACK with flags', '21020000', 4, 'MALFORMED_FLAGS'],
    ['CONNACK with a reserved acknowledge flag', '20020200', 4, 'MALFORMED_PACKET'],
    ['CONNACK that ends early', '200100', 4, 'MALFORMED_PACKET'],
    ['CONNACK with bytes behind it', '2003000000', 4, 'MALFORMED_PACKET'],
    ['CONNACK with a reason code that neither admits nor refuses', '2003001000', 5, 'REASON_CODE_NOT_ALLOWED'],
    ['CONNACK without property length', '20020000', 5, 'MALFORMED_PROPERTIES'],
    ['CONNACK with a property of PUBLISH', '200500000201 01'.replace(' ', ''), 5, 'MALFORMED_PROPERTIES'],
    ['SUBACK without a code, CVE-2024-10525', '90020007', 4, 'MALFORMED_PACKET'],
    ['SUBACK without a code in 5.0, CVE-2024-10525', '9003000700', 5, 'MALFORMED_PACKET'],
    ['SUBACK with packet identifier 0', '9003000000', 4, 'PACKET_ID_ZERO'],
    ['SUBACK with a QoS that is none', '9003000703', 4, 'REASON_CODE_NOT_ALLOWED'],
    ['an empty SUBACK', '9000', 4, 'MALFORMED_PACKET'],
    ['UNSUBACK with bytes behind it', 'b003000700', 4, 'MALFORMED_PACKET'],
    ['DISCONNECT before 5.0', 'e000', 4, 'PACKET_UNEXPECTED'],
    ['AUTH that nobody asked for', 'f000', 5, 'PACKET_UNEXPECTED'],
    ['a packet of a client', 'c000', 5, 'PACKET_UNEXPECTED'],
  ] as const)('%s', (_name, hex, version, code) => {
    let thrown: unknown;
    try {
      decode(hex, version);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(MqttError);
    expect((thrown as MqttError).code).toBe(code);
  });
});
