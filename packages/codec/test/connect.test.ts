import { connectPropertyVectors, connectVectors, malformedConnectVectors, vectorBytes } from '@nanomq-ts/testkit';
import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { decodeConnect } from '../src/connect.ts';
import type { ConnectPacket } from '../src/control-packet.ts';
import { expectVector, LIMITS, thrownBy } from './decode-vector.ts';

describe.each([
  ['well formed', connectVectors],
  ['malformed', malformedConnectVectors],
  ['malformed properties', connectPropertyVectors],
] as const)('CONNECT, %s', (_what, vectors) => {
  it.each(vectors)('$name', (vector) => expectVector(vector));
});

function connectNamed(part: string): ConnectPacket {
  const frame = vectorBytes(connectVectors.find(({ name }) => name.includes(part))!);
  const packet = decodeConnect(frame, LIMITS);
  frame.fill(0xff);
  return packet;
}

describe('what is decoded', () => {
  it('carries the defaults of the specification where a 5.0 client says nothing', () => {
    expect(connectNamed('5.0: property length 0')).toEqual({
      type: 'connect',
      protocolVersion: 5,
      isBridge: false,
      clientId: 'a',
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
    });
  });

  it('carries every property, user properties in their order, and owns its memory', () => {
    expect(connectNamed('5.0: every property')).toMatchObject({
      sessionExpirySeconds: 10,
      receiveMaximum: 20,
      maximumPacketBytes: 4096,
      topicAliasMaximum: 5,
      requestResponseInformation: true,
      requestProblemInformation: false,
      authenticationMethod: 'm',
      authenticationData: Buffer.from([1, 0]),
      userProperties: [
        ['b', '2'],
        ['a', '1'],
        ['b', '3'],
      ],
    });
  });

  it('gives the will the properties a PUBLISH may carry, in their order, delay apart [MQTT-3.1.3-10]', () => {
    const publishProperties = '010102 0000003c 0300 0174 0800 03722f74 0900 020900 2600 0162000131 2600 0161000132';
    expect(connectNamed('5.0: a will with every property').will).toEqual({
      topicName: 'w',
      payload: Buffer.from('x'),
      qos: 0,
      retain: false,
      publishProperties: Buffer.from(publishProperties.replaceAll(' ', ''), 'hex'),
      delaySeconds: 5,
    });
  });

  it.each([
    ['3.1: user name and password announced and left out', undefined],
    ['3.1: password announced and left out', 'u'],
  ])('has what is there and no more: %s', (name, username) => {
    expect(connectNamed(name)).toMatchObject({ protocolVersion: 3, clientId: 'a', username, password: undefined });
  });

  it('reads will, user name and password of 3.1.1 in their order [v3.1.1 MQTT-3.1.3-1]', () => {
    expect(connectNamed('3.1.1: will, user name and password')).toMatchObject({
      protocolVersion: 4,
      cleanStart: true,
      username: 'user',
      password: Buffer.from([0, 0xff]),
      will: {
        topicName: 'w/t',
        payload: Buffer.from('bye'),
        qos: 1,
        retain: true,
        publishProperties: Buffer.alloc(0),
        delaySeconds: 0,
      },
    });
  });

  it.each([
    ['3.1.1: clean session 0', 'never expires [v3.1.1 MQTT-3.1.2-4]', 0xffff_ffff],
    ['3.1.1: only a client identifier', 'ends with the connection [v3.1.1 MQTT-3.1.2-6]', 0],
  ])('%s: the session %s', (name, _what, sessionExpirySeconds) => {
    expect(connectNamed(name)).toMatchObject({ sessionExpirySeconds, receiveMaximum: 65535 });
  });

  it.each([
    ['3.1: bridge bit', 3, true],
    ['3.1.1: bridge bit', 4, true],
    ['3.1: protocol name MQIsdp', 3, false],
  ])('knows a bridge by its level: %s', (name, protocolVersion, isBridge) => {
    expect(connectNamed(name)).toMatchObject({ protocolVersion, isBridge, clientId: 'a' });
  });

  it('keeps U+FEFF at the front [MQTT-1.5.4-3]', () => {
    expect(connectNamed('5.0: U+FEFF').clientId).toBe('\ufeffa');
  });
});

it('refuses more user properties than the limit, also in the will', () => {
  const will = vectorBytes(connectVectors.find(({ name }) => name.includes('a will with every'))!);
  expect(thrownBy(() => decodeConnect(will, { maxUserProperties: 1 }))).toMatchObject({
    code: 'TOO_MANY_USER_PROPERTIES',
    reasonCode: 0x97,
  });
});

const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((given) => !given.includes('\0'));
const bytes = fc.uint8Array({ maxLength: 20 }).map((given) => Buffer.from(given));
const uint16 = fc.integer({ min: 1, max: 65535 });

describe('what mqtt-packet generates is decoded to the same', () => {
  it.each([3, 4, 5] as const)('version %d', (protocolVersion) => {
    const packet = fc.record({
      clientId: fc.tuple(fc.constant('c'), text).map((parts) => parts.join('')),
      clean: fc.boolean(),
      keepalive: uint16,
      username: text,
      password: bytes,
      will: fc.record({
        topic: fc.tuple(fc.constant('w'), text).map((parts) => parts.join('')),
        payload: bytes,
        qos: fc.constantFrom(0, 1, 2) as fc.Arbitrary<0 | 1 | 2>,
        retain: fc.boolean(),
      }),
    });
    const properties = fc.record({
      sessionExpiryInterval: fc.nat(),
      receiveMaximum: uint16,
      topicAliasMaximum: uint16,
    });
    fc.assert(
      fc.property(packet, properties, (given, limits) => {
        const protocolId = protocolVersion === 3 ? 'MQIsdp' : 'MQTT';
        const frame = generate({ cmd: 'connect', protocolId, protocolVersion, ...given, properties: limits });
        const is5 = protocolVersion === 5;
        expect(decodeConnect(frame, LIMITS)).toMatchObject({
          protocolVersion,
          clientId: given.clientId,
          cleanStart: given.clean,
          keepAliveSeconds: given.keepalive,
          username: given.username,
          password: given.password,
          will: {
            topicName: given.will.topic,
            payload: given.will.payload,
            qos: given.will.qos,
            retain: given.will.retain,
          },
          receiveMaximum: is5 ? limits.receiveMaximum : 65535,
          topicAliasMaximum: is5 ? limits.topicAliasMaximum : 0,
          ...(is5 ? { sessionExpirySeconds: limits.sessionExpiryInterval } : {}),
        });
      }),
    );
  });
});
