import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { MqttError, type ProtocolVersion, writeVarint } from '@nanomq-ts/codec';
import {
  authVectors,
  clientVectors,
  disconnectVectors,
  subscribeVectors,
  unsubscribeVectors,
  vectorBytes,
} from '@nanomq-ts/testkit';
import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { decodeControl, MQTT_PACKET_ERRORS, mqttPacketError, parseFrame } from '../src/control.ts';
import { decodeFrame, expectVector, LIMITS, thrownBy } from './decode-vector.ts';

const VERSIONS: readonly ProtocolVersion[] = [3, 4, 5];

describe.each([
  ['SUBSCRIBE', subscribeVectors],
  ['UNSUBSCRIBE', unsubscribeVectors],
  ['DISCONNECT', disconnectVectors],
  ['AUTH', authVectors],
] as const)('%s', (_type, vectors) => {
  it.each(vectors)('$name', (vector) => expectVector(vector));
});

it('answers a requested QoS of 3 as a protocol error [MQTT 5.0, 3.8.3.1]', () => {
  const frame = Buffer.from('8207000a0000016103', 'hex');
  expect(thrownBy(() => decodeControl(frame, 5, LIMITS))).toMatchObject({ code: 'MALFORMED_PACKET', reasonCode: 0x82 });
});

describe('what is decoded', () => {
  it('keeps the order of user properties and every option of a subscription', () => {
    const [, , options, , properties] = subscribeVectors.map((vector) => ({ vector, frame: vectorBytes(vector) }));
    expect(decodeControl(options!.frame, 5, LIMITS)).toEqual({
      type: 'subscribe',
      packetId: 10,
      subscriptionIdentifier: 0,
      userProperties: [],
      subscriptions: [{ topicFilter: 'a/b', qos: 2, noLocal: true, retainAsPublished: true, retainHandling: 2 }],
    });
    expect(decodeControl(properties!.frame, 5, LIMITS)).toMatchObject({
      subscriptionIdentifier: 300,
      userProperties: [
        ['b', '1'],
        ['a', '2'],
      ],
    });
  });

  it('has no options of 5.0 in a SUBSCRIBE of 3.1.1', () => {
    expect(decodeControl(vectorBytes(subscribeVectors[0]!), 4, LIMITS)).toEqual({
      type: 'subscribe',
      packetId: 10,
      subscriptionIdentifier: 0,
      userProperties: [],
      subscriptions: [
        { topicFilter: 'a/b', qos: 1, noLocal: false, retainAsPublished: false, retainHandling: 0 },
        { topicFilter: 'c/#', qos: 2, noLocal: false, retainAsPublished: false, retainHandling: 0 },
      ],
    });
  });

  it('is a DISCONNECT with what it says, and normal disconnection when it says nothing', () => {
    const full = disconnectVectors.find(({ name }) => name.includes('session expiry, reason string'));
    expect(decodeControl(vectorBytes(full!), 5, LIMITS)).toEqual({
      type: 'disconnect',
      reasonCode: 0,
      sessionExpirySeconds: 30,
      reasonString: 'bye',
      userProperties: [
        ['b', '1'],
        ['a', '2'],
      ],
    });
    expect(decodeControl(Buffer.from('e000', 'hex'), 5, LIMITS)).toEqual({
      type: 'disconnect',
      reasonCode: 0,
      sessionExpirySeconds: undefined,
      reasonString: undefined,
      userProperties: [],
    });
  });

  it('owns its memory: overwriting the frame changes nothing', () => {
    const frame = vectorBytes(authVectors[0]!);
    const auth = decodeControl(frame, 5, LIMITS);
    frame.fill(0xff);
    expect(auth).toEqual({
      type: 'auth',
      reasonCode: 0x18,
      authenticationMethod: 'SCRAM',
      authenticationData: Buffer.from([0, 1]),
    });
  });
});

describe('limits and misuse', () => {
  it.each([
    ['5.0 [MQTT-4.7.3-3]', 5, '0001 00', '00'],
    ['3.1.1 [v3.1.1 MQTT-4.7.3-3]', 4, '0001', '00'],
  ] as const)(
    'reads a topic filter of 65,535 bytes, the most its length can say: %s',
    (_name, version, head, options) => {
      const name = 'f'.repeat(65_535);
      const body = Buffer.concat([
        Buffer.from(head.replace(' ', ''), 'hex'),
        Buffer.from([0xff, 0xff]),
        Buffer.from(name),
        Buffer.from(options, 'hex'),
      ]);
      const header = Buffer.alloc(4, 0x82);
      const frame = Buffer.concat([header.subarray(0, writeVarint(header, 1, body.length)), body]);
      expect(decodeControl(frame, version, LIMITS)).toMatchObject({ subscriptions: [{ topicFilter: name, qos: 0 }] });
    },
  );

  it('refuses more user properties than the limit', () => {
    const frame = vectorBytes(subscribeVectors[4]!);
    expect(thrownBy(() => decodeControl(frame, 5, { maxUserProperties: 1 }))).toMatchObject({
      code: 'TOO_MANY_USER_PROPERTIES',
      reasonCode: 0x97,
    });
    expect(decodeControl(frame, 5, { maxUserProperties: 2 }).type).toBe('subscribe');
  });

  it.each([
    ['SUBSCRIBE', 0x82, '00016100'],
    ['UNSUBSCRIBE', 0xa2, '000161'],
  ])('refuses more topic filters than the limit, before they are taken apart: %s', (_type, firstByte, entry) => {
    const asksFor = (count: number) => {
      const body = Buffer.concat([Buffer.from([0, 1]), Buffer.alloc((count * entry.length) / 2, entry, 'hex')]);
      const header = Buffer.alloc(4, firstByte);
      return Buffer.concat([header.subarray(0, writeVarint(header, 1, body.length)), body]);
    };
    const error = { code: 'TOO_MANY_TOPIC_FILTERS', reasonCode: 0x97 };
    expect(thrownBy(() => decodeControl(asksFor(10_001), 4, LIMITS))).toMatchObject(error);
    expect(thrownBy(() => decodeControl(asksFor(10_001), 4, { ...LIMITS, maxSubscriptions: 5 }))).toMatchObject(error);
    expect(thrownBy(() => decodeControl(asksFor(10_003), 4, { ...LIMITS, maxSubscriptions: 10_002 }))).toMatchObject(
      error,
    );
    expect(decodeControl(asksFor(10_000), 4, { ...LIMITS, maxSubscriptions: 5 }).type).toMatch(/subscribe$/);
    expect(decodeControl(asksFor(10_002), 4, { ...LIMITS, maxSubscriptions: 10_002 }).type).toMatch(/subscribe$/);
  });

  it('refuses packet types that have decoders of their own', () => {
    expect(thrownBy(() => decodeControl(Buffer.from('c000', 'hex'), 5, LIMITS))).toMatchObject({
      code: 'PACKET_UNEXPECTED',
      reasonCode: 0x82,
    });
  });

  it.each(VERSIONS)('throws nothing but MqttError for any bytes: version %d', (version) => {
    const check = (frame: Buffer) => {
      if (frame.length === 0) return;
      const error = thrownBy(() => decodeFrame(frame, version));
      if (error !== undefined) expect(error).toBeInstanceOf(MqttError);
    };
    const bytes = fc.uint8Array({ maxLength: 64 });
    // Mostly a believable first byte and length, so that the body is looked at.
    const framed = fc.tuple(fc.integer({ min: 0x10, max: 0xff }), bytes).map(([first, body]) => {
      return Buffer.from([first, body.length, ...body]);
    });
    fc.assert(fc.property(fc.oneof(bytes, framed), (frame) => check(Buffer.from(frame))));
  });

  it('throws nothing but MqttError for vectors with one byte changed', () => {
    const vectors = Object.values(clientVectors).flat();
    const change = fc.tuple(fc.constantFrom(...vectors), fc.nat(), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(change, ([vector, at, byte]) => {
        const frame = vectorBytes(vector);
        frame[at % frame.length] = byte;
        const error = thrownBy(() => decodeFrame(frame, vector.protocolVersion));
        if (error !== undefined) expect(error).toBeInstanceOf(MqttError);
      }),
      { numRuns: 1000 },
    );
  });
});

const filter = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => !text.includes('\0'));
const packetId = fc.integer({ min: 1, max: 65535 });
const qos = fc.constantFrom(0, 1, 2) as fc.Arbitrary<0 | 1 | 2>;

describe('what mqtt-packet generates is decoded to the same', () => {
  it.each([4, 5] as const)('SUBSCRIBE, version %d', (protocolVersion) => {
    const subscription = fc.record({
      topicFilter: filter,
      qos,
      noLocal: protocolVersion === 5 ? fc.boolean() : fc.constant(false),
      retainAsPublished: protocolVersion === 5 ? fc.boolean() : fc.constant(false),
      retainHandling: protocolVersion === 5 ? (fc.constantFrom(0, 1, 2) as fc.Arbitrary<0 | 1 | 2>) : fc.constant(0),
    });
    fc.assert(
      fc.property(packetId, fc.array(subscription, { minLength: 1, maxLength: 5 }), (messageId, wanted) => {
        const subscriptions = wanted.map(({ topicFilter, noLocal, retainAsPublished, retainHandling, ...rest }) => {
          return { topic: topicFilter, nl: noLocal, rap: retainAsPublished, rh: retainHandling, ...rest };
        });
        const frame = generate({ cmd: 'subscribe', messageId, subscriptions }, { protocolVersion });
        expect(decodeControl(frame, protocolVersion, LIMITS)).toMatchObject({
          packetId: messageId,
          subscriptions: wanted,
        });
      }),
    );
  });

  it.each(VERSIONS)('UNSUBSCRIBE, version %d', (protocolVersion) => {
    fc.assert(
      fc.property(packetId, fc.array(filter, { minLength: 1, maxLength: 5 }), (messageId, topicFilters) => {
        const packet = { cmd: 'unsubscribe', messageId, unsubscriptions: topicFilters } as const;
        const frame = generate(packet, { protocolVersion });
        expect(decodeControl(frame, protocolVersion, LIMITS)).toMatchObject({ packetId: messageId, topicFilters });
      }),
    );
  });

  it('DISCONNECT, version 5', () => {
    const properties = fc.record({ sessionExpiryInterval: fc.nat(), reasonString: filter });
    fc.assert(
      fc.property(fc.constantFrom(0x00, 0x04, 0x80, 0x99), properties, (reasonCode, given) => {
        const frame = generate({ cmd: 'disconnect', reasonCode, properties: given }, { protocolVersion: 5 });
        expect(decodeControl(frame, 5, LIMITS)).toMatchObject({
          reasonCode,
          sessionExpirySeconds: given.sessionExpiryInterval,
          reasonString: given.reasonString,
        });
      }),
    );
  });

  it('AUTH, version 5', () => {
    fc.assert(
      fc.property(filter, fc.uint8Array({ maxLength: 20 }), (authenticationMethod, bytes) => {
        const authenticationData = Buffer.from(bytes);
        const properties = { authenticationMethod, authenticationData };
        const frame = generate({ cmd: 'auth', reasonCode: 0x18, properties }, { protocolVersion: 5 });
        expect(decodeControl(frame, 5, LIMITS)).toMatchObject(properties);
      }),
    );
  });
});

describe('errors of mqtt-packet', () => {
  /** Raised only for packets that never reach mqtt-packet here. */
  const NOT_READ_HERE: readonly RegExp[] = [/suback/i, /connack/i, /return code/, /^Invalid .* reason code$/];

  /** Every text in its parser; the one built from a table becomes the rows of that table. */
  function textsOfParser(): string[] {
    const path = createRequire(import.meta.url).resolve('mqtt-packet/parser.js');
    const source = readFileSync(path, 'utf8');
    const constants = createRequire(import.meta.url)('mqtt-packet/constants.js');
    const read = /(?: connect| subscribe| unsubscribe| disconnect| auth) packet$/;
    const texts = Object.values<string>(constants.requiredHeaderFlagsErrors).filter((text) => read.test(text));
    for (const [, given] of source.matchAll(/new Error\((.*?)\)\)/g)) {
      if (given === 'constants.requiredHeaderFlagsErrors[cmdIndex]') continue;
      texts.push(given!.replaceAll(/' \+ this\.packet\.cmd \+ '/g, 'x').replaceAll(/^'|'$/g, ''));
    }
    return texts;
  }

  it('are all known: an unknown text fails here', () => {
    const texts = textsOfParser();
    expect(texts.length).toBeGreaterThan(40);
    const unknown = texts.filter((text) => {
      return !MQTT_PACKET_ERRORS.has(text) && !NOT_READ_HERE.some((pattern) => pattern.test(text));
    });
    expect(unknown).toEqual([]);
  });

  it('are all still in its parser', () => {
    const texts = new Set(textsOfParser());
    expect([...MQTT_PACKET_ERRORS.keys()].filter((text) => !texts.has(text))).toEqual([]);
  });

  it('become an MqttError with the cause, MALFORMED_PACKET when the text is new', () => {
    const cause = new Error('something new');
    expect(mqttPacketError(cause)).toMatchObject({ code: 'MALFORMED_PACKET', reasonCode: 0x81, cause });
    expect(mqttPacketError(new Error('Invalid variable byte integer'))).toMatchObject({ code: 'MALFORMED_VARINT' });
  });

  it.each([
    ['reported', '80 00', 'MALFORMED_FLAGS'],
    ['silence about a frame that is not whole', '82 05 00', 'MALFORMED_PACKET'],
    ['another packet than the first byte promised', 'c0 00', 'MALFORMED_PACKET'],
  ])('are thrown when the walk let something through: %s', (_what, hex, code) => {
    const frame = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    expect(thrownBy(() => parseFrame(frame, 5, 'subscribe'))).toMatchObject({ code });
  });
});
