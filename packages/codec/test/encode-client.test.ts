import { describe, expect, it } from 'vitest';
import { decodeConnect } from '../src/connect.ts';
import { decodeControl } from '../src/control.ts';
import type { ConnectPacket, SubscribePacket, UnsubscribePacket } from '../src/control-packet.ts';
import { encodeClientControl } from '../src/encode-client.ts';

const LIMITS = { maxUserProperties: 8 };

const PLAIN: ConnectPacket = {
  type: 'connect',
  protocolVersion: 4,
  isBridge: false,
  clientId: 'c',
  cleanStart: true,
  keepAliveSeconds: 60,
  username: undefined,
  password: undefined,
  will: undefined,
  sessionExpirySeconds: 0,
  receiveMaximum: 65535,
  maximumPacketBytes: 0,
  topicAliasMaximum: 0,
  requestResponseInformation: false,
  requestProblemInformation: true,
  authenticationMethod: undefined,
  authenticationData: undefined,
  userProperties: [],
};

const WILL = {
  topicName: 'w',
  payload: Buffer.from('gone'),
  qos: 1,
  retain: true,
  publishProperties: Buffer.alloc(0),
  delaySeconds: 0,
} as const;

describe('CONNECT comes back as it was encoded', () => {
  it.each<[string, Partial<ConnectPacket>]>([
    ['3.1', { protocolVersion: 3 }],
    ['3.1.1', {}],
    ['3.1.1 with the bridge bit', { isBridge: true }],
    ['3.1.1 with everything', { username: 'u', password: Buffer.from('p'), will: WILL, keepAliveSeconds: 65535 }],
    ['3.1.1 that keeps its session', { cleanStart: false, sessionExpirySeconds: 0xffffffff }],
    ['5.0', { protocolVersion: 5 }],
    [
      '5.0 with everything',
      {
        protocolVersion: 5,
        cleanStart: false,
        username: 'u',
        password: Buffer.from([0, 255]),
        will: { ...WILL, qos: 2, publishProperties: Buffer.from('0101', 'hex'), delaySeconds: 7 },
        sessionExpirySeconds: 3600,
        receiveMaximum: 20,
        maximumPacketBytes: 4096,
        topicAliasMaximum: 3,
        requestResponseInformation: true,
        requestProblemInformation: false,
        userProperties: [
          ['a', '1'],
          ['__proto__', '2'],
          ['a', '3'],
        ],
      },
    ],
    ['5.0 with a password alone', { protocolVersion: 5, password: Buffer.from('p') }],
  ])('%s', (_name, changes) => {
    const packet = { ...PLAIN, ...changes };
    expect(decodeConnect(encodeClientControl(packet, packet.protocolVersion), LIMITS)).toEqual(packet);
  });
});

const SUBSCRIBE: SubscribePacket = {
  type: 'subscribe',
  packetId: 258,
  subscriptionIdentifier: 0,
  userProperties: [],
  subscriptions: [{ topicFilter: 'a/#', qos: 2, noLocal: false, retainAsPublished: false, retainHandling: 0 }],
};
const UNSUBSCRIBE: UnsubscribePacket = {
  type: 'unsubscribe',
  packetId: 1,
  userProperties: [],
  topicFilters: ['a', 'b'],
};

describe('SUBSCRIBE and UNSUBSCRIBE come back as they were encoded', () => {
  it.each<[string, SubscribePacket | UnsubscribePacket, 4 | 5]>([
    ['SUBSCRIBE 3.1.1', SUBSCRIBE, 4],
    [
      'SUBSCRIBE 5.0',
      {
        ...SUBSCRIBE,
        subscriptionIdentifier: 300,
        userProperties: [['k', 'v']],
        subscriptions: [
          { topicFilter: 'a', qos: 1, noLocal: true, retainAsPublished: true, retainHandling: 2 },
          { topicFilter: 'b', qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 1 },
        ],
      },
      5,
    ],
    ['UNSUBSCRIBE 3.1.1', UNSUBSCRIBE, 4],
    ['UNSUBSCRIBE 5.0', { ...UNSUBSCRIBE, userProperties: [['k', 'v']] }, 5],
  ])('%s', (_name, packet, version) => {
    expect(decodeControl(encodeClientControl(packet, version), version, LIMITS)).toEqual(packet);
  });

  it('leaves out what 3.1.1 does not know', () => {
    const subscriptions = [
      { topicFilter: 'a', qos: 1, noLocal: true, retainAsPublished: true, retainHandling: 2 },
    ] as const;
    const frame = encodeClientControl({ ...SUBSCRIBE, subscriptions }, 4);
    expect(frame.toString('hex')).toBe('820601020001' + '61' + '01');
  });
});

describe('short packets', () => {
  it.each([
    ['PINGREQ', { type: 'pingreq' } as const, 4 as const, 'c000'],
    ['DISCONNECT 3.1.1', { type: 'disconnect', reasonCode: 0x93 } as const, 4 as const, 'e000'],
    ['DISCONNECT 5.0, normal', { type: 'disconnect', reasonCode: 0 } as const, 5 as const, 'e000'],
    ['DISCONNECT 5.0 with a reason', { type: 'disconnect', reasonCode: 0x93 } as const, 5 as const, 'e00193'],
  ])('%s', (_name, packet, version, hex) => {
    expect(encodeClientControl(packet, version).toString('hex')).toBe(hex);
  });
});

it('refuses what no field can carry', () => {
  expect(() => encodeClientControl({ ...PLAIN, clientId: 'x'.repeat(65_536) }, 4)).toThrow(RangeError);
});
