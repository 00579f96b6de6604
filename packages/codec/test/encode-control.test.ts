import { type Packet, parser } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import type { ServerControlPacket } from '../src/control-packet.ts';
import { connackReturnCode, encodeControl } from '../src/encode-control.ts';

const hex = (frame: Buffer) => frame.toString('hex');

function parsed(frame: Buffer): Packet | undefined {
  const found: Packet[] = [];
  const reader = parser({ protocolVersion: 5 });
  reader.on('packet', (packet) => found.push(packet));
  reader.parse(frame);
  return found[0];
}

describe('MQTT 5.0', () => {
  it.each<[string, ServerControlPacket, string]>([
    [
      'CONNACK, session present in bit 0 alone [MQTT-3.2.2-1]',
      { type: 'connack', reasonCode: 0, sessionPresent: true },
      '2003010000',
    ],
    ['a refusal', { type: 'connack', reasonCode: 0x87, sessionPresent: false }, '2003008700'],
    [
      'SUBACK with its packet identifier and codes in order [MQTT-2.2.1-6] [MQTT-3.9.3-1] [MQTT-2.2.2-1]',
      { type: 'suback', packetId: 258, reasonCodes: [2, 0x87, 0] },
      '9006010200028700',
    ],
    [
      'UNSUBACK with its packet identifier and codes in order [MQTT-2.2.1-6] [MQTT-3.11.3-1]',
      { type: 'unsuback', packetId: 258, reasonCodes: [0, 0x11] },
      'b0050102000011',
    ],
    ['DISCONNECT', { type: 'disconnect', reasonCode: 0x8e }, 'e0028e00'],
    [
      'DISCONNECT with nothing but reason string and server reference [MQTT-3.14.2-2]',
      { type: 'disconnect', reasonCode: 0x9c, reasonString: 'r', serverReference: 's' },
      'e00a9c081f0001721c000173',
    ],
  ])('%s', (_name, packet, expected) => {
    expect(hex(encodeControl(packet, 5))).toBe(expected);
  });

  it('writes every property of CONNACK, repeated user properties too', () => {
    const frame = encodeControl(
      {
        type: 'connack',
        reasonCode: 0,
        sessionPresent: false,
        sessionExpirySeconds: 10,
        receiveMaximum: 20,
        maximumQos: 1,
        retainAvailable: false,
        maximumPacketBytes: 4096,
        assignedClientId: 'id',
        topicAliasMaximum: 0,
        reasonString: 'r',
        userProperties: [
          ['b', '1'],
          ['__proto__', 'p'],
          ['b', '2'],
        ],
        wildcardSubscriptionAvailable: true,
        subscriptionIdentifiersAvailable: false,
        sharedSubscriptionAvailable: true,
        serverKeepAliveSeconds: 0,
        responseInformation: 'i',
        serverReference: 's',
        authenticationMethod: 'm',
        authenticationData: Buffer.from([0]),
      },
      5,
    );
    const packet = parsed(frame);
    expect(packet).toMatchObject({
      cmd: 'connack',
      sessionPresent: false,
      reasonCode: 0,
      properties: {
        sessionExpiryInterval: 10,
        receiveMaximum: 20,
        maximumQoS: 1,
        retainAvailable: false,
        maximumPacketSize: 4096,
        assignedClientIdentifier: 'id',
        topicAliasMaximum: 0,
        reasonString: 'r',
        wildcardSubscriptionAvailable: true,
        subscriptionIdentifiersAvailable: false,
        sharedSubscriptionAvailable: true,
        serverKeepAlive: 0,
        responseInformation: 'i',
        serverReference: 's',
        authenticationMethod: 'm',
        authenticationData: Buffer.from([0]),
      },
    });
    const properties = packet?.cmd === 'connack' ? packet.properties : undefined;
    expect(Object.entries(properties?.userProperties ?? {})).toEqual([
      ['b', ['1', '2']],
      ['__proto__', 'p'],
    ]);
  });
});

describe('values at their limits', () => {
  const long = 'x'.repeat(65536);

  it('keeps user properties in their order', () => {
    const userProperties = [
      ['b', '1'],
      ['__proto__', ''],
      ['b', '2'],
    ] as const;
    expect(hex(encodeControl({ type: 'connack', reasonCode: 0, sessionPresent: false, userProperties }, 5))).toBe(
      '201f00001c' + '26000162000131' + '2600095f5f70726f746f5f5f0000' + '26000162000132',
    );
  });

  it('leaves out a reason string that no length can say [MQTT-4.7.3-3]', () => {
    const frame = encodeControl({ type: 'disconnect', reasonCode: 0x81, reasonString: long }, 5);
    expect(hex(frame)).toBe('e0028100');
    const longest = { type: 'disconnect', reasonCode: 0x81, reasonString: long.slice(1) } as const;
    expect(parsed(encodeControl(longest, 5))).toMatchObject({ properties: { reasonString: long.slice(1) } });
  });

  it('throws rather than write half a frame for any other string that long', () => {
    expect(() => encodeControl({ type: 'disconnect', reasonCode: 0x9d, serverReference: long }, 5)).toThrow(RangeError);
  });
});

describe('a frame too large for the client', () => {
  const connack: ServerControlPacket = {
    type: 'connack',
    reasonCode: 0x87,
    sessionPresent: false,
    reasonString: 'no',
    userProperties: [['a', 'b']],
  };
  it.each([
    ['fits as it is', 17, '200f00870c1f00026e6f26000161000162'],
    ['loses its reason string [MQTT-3.2.2-19]', 16, '200a008707' + '26000161000162'],
    ['loses its user properties too [MQTT-3.2.2-20]', 11, '2003008700'],
    ['stays too large when nothing more can go', 2, '2003008700'],
    ['has no limit', 0, '200f00870c1f00026e6f26000161000162'],
  ])('CONNACK %s', (_name, maxPacketBytes, expected) => {
    expect(hex(encodeControl(connack, 5, maxPacketBytes))).toBe(expected);
  });

  it.each<[string, ServerControlPacket, string]>([
    [
      'SUBACK [MQTT-3.9.2-1] [MQTT-3.9.2-2]',
      { type: 'suback', packetId: 1, reasonCodes: [0x87], reasonString: 'no' },
      '900400010087',
    ],
    [
      'UNSUBACK [MQTT-3.11.2-1] [MQTT-3.11.2-2]',
      { type: 'unsuback', packetId: 1, reasonCodes: [0x87], reasonString: 'no' },
      'b00400010087',
    ],
    [
      'DISCONNECT [MQTT-3.14.2-3] [MQTT-3.14.2-4]',
      { type: 'disconnect', reasonCode: 0x87, reasonString: 'no' },
      'e0028700',
    ],
  ])('loses its reason string: %s', (_name, packet, expected) => {
    const whole = encodeControl(packet, 5);
    expect(hex(encodeControl(packet, 5, whole.length))).toBe(hex(whole));
    expect(hex(encodeControl(packet, 5, whole.length - 1))).toBe(expected);
  });
});

describe('before MQTT 5.0', () => {
  it.each<[string, 3 | 4, ServerControlPacket, string]>([
    ['3.1.1: CONNACK with session', 4, { type: 'connack', reasonCode: 0, sessionPresent: true }, '20020100'],
    ['3.1: CONNACK has no session flag', 3, { type: 'connack', reasonCode: 0, sessionPresent: true }, '20020000'],
    [
      '3.1.1: CONNACK without properties',
      4,
      { type: 'connack', reasonCode: 0x86, sessionPresent: false, reasonString: 'no', receiveMaximum: 3 },
      '20020004',
    ],
    [
      '3.1.1: SUBACK failures are all 0x80 [v3.1.1 MQTT-3.9.3-1] [v3.1.1 MQTT-3.9.3-2]',
      4,
      { type: 'suback', packetId: 1, reasonCodes: [0, 1, 2, 0x80, 0x87, 0xa2], reasonString: 'no' },
      '90080001000102808080',
    ],
    ['3.1: SUBACK', 3, { type: 'suback', packetId: 1, reasonCodes: [0x8f] }, '9003000180'],
    [
      '3.1.1: UNSUBACK is a packet identifier [v3.1.1 MQTT-3.10.4-4]',
      4,
      { type: 'unsuback', packetId: 1, reasonCodes: [0, 0x11], reasonString: 'no' },
      'b0020001',
    ],
  ])('%s', (_name, version, packet, expected) => {
    expect(hex(encodeControl(packet, version))).toBe(expected);
    expect(hex(encodeControl(packet, version, 2))).toBe(expected);
  });

  it.each([3, 4] as const)('throws for DISCONNECT: version %d', (version) => {
    expect(() => encodeControl({ type: 'disconnect', reasonCode: 0x8e }, version)).toThrow(TypeError);
  });
});

describe('connackReturnCode', () => {
  it.each([
    ['success', 0x00, 0],
    ['unsupported protocol version [v3.1.1 MQTT-3.1.2-2]', 0x84, 1],
    ['client identifier not valid [v3.1.1 MQTT-3.1.3-8] [v3.1.1 MQTT-3.1.3-9]', 0x85, 2],
    ['bad user name or password', 0x86, 4],
    ['not authorized', 0x87, 5],
    ['banned', 0x8a, 5],
    ['bad authentication method', 0x8c, 5],
    ['server busy', 0x89, 3],
    ['unspecified error', 0x80, 3],
    ['quota exceeded', 0x97, 3],
  ])('%s', (_name, reasonCode, returnCode) => {
    expect(connackReturnCode(reasonCode)).toBe(returnCode);
  });
});
