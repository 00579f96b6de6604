import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkProperties, PropertyPlace } from '../src/properties.ts';
import { PublishProperties } from '../src/publish-properties.ts';
import { thrownBy } from './decode-vector.ts';

const bytesOf = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

function scan(hex: string, fromClient = true, limit = 32): PublishProperties {
  const properties = new PublishProperties();
  const bytes = bytesOf(hex);
  properties.scan(bytes, 0, bytes.length, fromClient, limit);
  return properties;
}

const ALL =
  '01 01 02 00 00 00 3c 23 00 05 08 00 01 72 09 00 02 00 01 26 00 01 62 00 01 31 26 00 01 61 00 01 32 03 00 01 74';

describe('what is found', () => {
  it('are the values and where they lie', () => {
    expect(scan(ALL)).toMatchObject({
      payloadFormat: 1,
      payloadFormatAt: 1,
      messageExpirySeconds: 60,
      messageExpiryAt: 3,
      topicAlias: 5,
      topicAliasAt: 7,
      responseTopicAt: 13,
      responseTopicLength: 1,
      correlationDataAt: 17,
      correlationDataLength: 2,
      userPropertyCount: 2,
      contentTypeAt: 36,
      contentTypeLength: 1,
      subscriptionIdentifierCount: 0,
    });
  });

  it('is forgotten by the next scan', () => {
    const properties = scan(ALL);
    properties.scan(Buffer.alloc(0), 0, 0, true, 32);
    expect(properties).toEqual(new PublishProperties());
  });

  it('counts the subscription identifiers of a server', () => {
    expect(scan('0b 01 0b ff ff ff 7f', false).subscriptionIdentifierCount).toBe(2);
  });

  it('tells expiry 0 from none', () => {
    expect(scan('02 00 00 00 00').messageExpirySeconds).toBe(0);
    expect(scan('').messageExpirySeconds).toBe(-1);
    expect(scan('02 ff ff ff ff').messageExpirySeconds).toBe(0xffff_ffff);
  });
});

describe('what is refused', () => {
  it.each([
    ['a subscription identifier from a client [MQTT-3.3.4-6]', '0b 01', 'FORBIDDEN_PROPERTY'],
    ['topic alias 0 [MQTT-3.3.2-8]', '23 00 00', 'TOPIC_ALIAS_INVALID'],
    ['topic alias twice', '23 00 01 23 00 02', 'DUPLICATE_PROPERTY'],
    ['message expiry interval twice', '02 00 00 00 01 02 00 00 00 01', 'DUPLICATE_PROPERTY'],
    ['payload format indicator twice', '01 00 01 00', 'DUPLICATE_PROPERTY'],
    ['payload format indicator 2', '01 02', 'FORBIDDEN_PROPERTY'],
    ['content type twice', '03 00 00 03 00 00', 'DUPLICATE_PROPERTY'],
    ['response topic twice', '08 00 01 61 08 00 01 61', 'DUPLICATE_PROPERTY'],
    ['correlation data twice', '09 00 00 09 00 00', 'DUPLICATE_PROPERTY'],
    ['response topic with a wildcard [MQTT-3.3.2-14]', '08 00 02 2f 2b', 'FORBIDDEN_PROPERTY'],
    ['response topic that is not UTF-8 [MQTT-3.3.2-13]', '08 00 01 ff', 'MALFORMED_PROPERTIES'],
    ['content type that is not UTF-8 [MQTT-3.3.2-19]', '03 00 01 ff', 'MALFORMED_PROPERTIES'],
    ['a user property that is not UTF-8 [MQTT-1.5.7-1]', '26 00 01 61 00 01 ff', 'MALFORMED_PROPERTIES'],
    ['a property of CONNECT', '21 00 01', 'MALFORMED_PROPERTIES'],
    ['an identifier of two bytes', '81 00 01', 'MALFORMED_PROPERTIES'],
  ])('%s', (_name, hex, code) => {
    expect(thrownBy(() => scan(hex))).toMatchObject({ code });
  });

  it('are more user properties than the limit', () => {
    expect(thrownBy(() => scan(ALL, true, 1))).toMatchObject({ code: 'TOO_MANY_USER_PROPERTIES', reasonCode: 0x97 });
    expect(scan(ALL, true, 2).userPropertyCount).toBe(2);
  });

  it('are subscription identifiers of 0, also from a server', () => {
    expect(thrownBy(() => scan('0b 00', false))).toMatchObject({ code: 'FORBIDDEN_PROPERTY' });
  });
});

it('finds the same errors as the check all other packets go through', () => {
  const id = fc.constantFrom(0x01, 0x02, 0x03, 0x08, 0x09, 0x0b, 0x23, 0x26, 0x11);
  const piece = fc.tuple(id, fc.array(fc.constantFrom(0, 0, 1, 2, 0x2b, 0x61, 0x80, 0xff), { maxLength: 7 }));
  const code = (act: () => unknown) => (thrownBy(act) as { code?: string } | undefined)?.code;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 4 }), (pieces) => {
      const bytes = Buffer.from(pieces.flatMap(([first, rest]) => [first, ...rest]));
      const checked = code(() => checkProperties(bytes, 0, bytes.length, PropertyPlace.Publish, 32));
      const scanned = code(() => new PublishProperties().scan(bytes, 0, bytes.length, false, 32));
      // The order of checks within one property may differ: both refuse, or both let through.
      expect(scanned === undefined).toBe(checked === undefined);
    }),
    { numRuns: 2000 },
  );
});
