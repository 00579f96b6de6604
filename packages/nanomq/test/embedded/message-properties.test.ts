import { PublishProperties } from '@nanomq-ts/codec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeMessageProperties,
  encodeMessageProperties,
  type MessageProperties,
} from '../../src/embedded/message-properties.ts';

describe('encodeMessageProperties', () => {
  it.each<[string, MessageProperties, string]>([
    ['nothing', {}, ''],
    ['nothing, said aloud', { contentType: undefined, userProperties: [] }, ''],
    ['payload format', { payloadFormat: 1 }, '0101'],
    ['message expiry', { messageExpirySeconds: 0x01020304 }, '0201020304'],
    ['content type', { contentType: 'ä' }, '030002c3a4'],
    ['response topic', { responseTopic: 'a/b' }, '080003612f62'],
    ['correlation data', { correlationData: new Uint8Array([0, 255]) }, '09000200ff'],
    [
      'user properties in their order, names twice [MQTT-3.3.2-18]',
      {
        userProperties: [
          ['b', '1'],
          ['a', ''],
          ['b', '2'],
        ],
      },
      '260001620001312600016100002600016200 0132'.replace(' ', ''),
    ],
  ])('writes %s', (_, properties, hex) => {
    expect(encodeMessageProperties(properties).toString('hex')).toBe(hex);
  });

  it.each<[string, MessageProperties]>([
    ['payload format 2', { payloadFormat: 2 as unknown as 1 }],
    ['half a second', { messageExpirySeconds: 0.5 }],
    ['a negative expiry', { messageExpirySeconds: -1 }],
    ['an expiry of 2^32 s', { messageExpirySeconds: 2 ** 32 }],
    ['half a surrogate pair [MQTT-1.5.4-1]', { contentType: '\ud83d' }],
    ['a content type of 65,536 bytes', { contentType: 'x'.repeat(65_536) }],
    ['correlation data of 65,536 bytes', { correlationData: Buffer.alloc(65_536) }],
    ['a user property of 65,536 bytes', { userProperties: [['x', 'x'.repeat(65_536)]] }],
  ])('refuses %s', (_, properties) => {
    const error = expect.objectContaining({ code: 'FORBIDDEN_PROPERTY' });
    expect(() => encodeMessageProperties(properties)).toThrow(error);
  });
});

describe('decodeMessageProperties', () => {
  it('gives back what was encoded, and the codec agrees that it is well formed', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((each) => !each.includes('\0'));
    const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
    const properties = fc.record({
      payloadFormat: optional(fc.constantFrom(0 as const, 1 as const)),
      messageExpirySeconds: optional(fc.nat()),
      contentType: optional(text),
      responseTopic: optional(fc.constant('a/b')),
      correlationData: optional(fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes))),
      userProperties: fc.array(fc.tuple(text, text), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(properties, (given) => {
        const bytes = encodeMessageProperties(given);
        new PublishProperties().scan(bytes, 0, bytes.length, true, 10);
        expect(decodeMessageProperties(bytes)).toEqual(given);
      }),
    );
  });

  it('reads nothing', () => {
    expect(decodeMessageProperties(Buffer.alloc(0))).toEqual({ userProperties: [] });
  });
});
