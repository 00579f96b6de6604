import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkProperties,
  PROPERTIES,
  PropertyPlace,
  type PropertyType,
  propertiesWithout,
  readUserProperties,
} from '../src/properties.ts';
import { thrownBy } from './decode-vector.ts';

const PLACES = Object.entries(PropertyPlace);
const MESSAGE = ['Publish', 'Will'];
const ANSWERS = ['Connack', 'Puback', 'Pubrec', 'Pubrel', 'Pubcomp', 'Suback', 'Unsuback', 'Disconnect', 'Auth'];
const ALL = PLACES.map(([name]) => name);

/** MQTT 5.0, table 2-4, written down a second time: identifier, a legal property in hex, where it may stand. */
const TABLE: readonly (readonly [id: number, hex: string, places: readonly string[]])[] = [
  [0x01, '01 01', MESSAGE],
  [0x02, '02 00 00 00 01', MESSAGE],
  [0x03, '03 00 01 61', MESSAGE],
  [0x08, '08 00 01 61', MESSAGE],
  [0x09, '09 00 01 ff', MESSAGE],
  [0x0b, '0b 01', ['Publish', 'Subscribe']],
  [0x11, '11 00 00 00 00', ['Connect', 'Connack', 'Disconnect']],
  [0x12, '12 00 01 61', ['Connack']],
  [0x13, '13 00 00', ['Connack']],
  [0x15, '15 00 01 61', ['Connect', 'Connack', 'Auth']],
  [0x16, '16 00 01 ff', ['Connect', 'Connack', 'Auth']],
  [0x17, '17 00', ['Connect']],
  [0x18, '18 00 00 00 00', ['Will']],
  [0x19, '19 01', ['Connect']],
  [0x1a, '1a 00 01 61', ['Connack']],
  [0x1c, '1c 00 01 61', ['Connack', 'Disconnect']],
  [0x1f, '1f 00 01 61', ANSWERS],
  [0x21, '21 00 01', ['Connect', 'Connack']],
  [0x22, '22 00 00', ['Connect', 'Connack']],
  [0x23, '23 00 01', ['Publish']],
  [0x24, '24 01', ['Connack']],
  [0x25, '25 00', ['Connack']],
  [0x26, '26 00 01 61 00 01 62', ALL],
  [0x27, '27 00 00 00 01', ['Connect', 'Connack']],
  [0x28, '28 01', ['Connack']],
  [0x29, '29 01', ['Connack']],
  [0x2a, '2a 01', ['Connack']],
];

const bytesOf = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const codeOf = (error: unknown) => (error === undefined ? 'ok' : (error as { code: string }).code);

function verdict(bytes: Buffer, place: PropertyPlace, limit = 32): string {
  return codeOf(thrownBy(() => checkProperties(bytes, 0, bytes.length, place, limit)));
}

describe('every identifier in every place', () => {
  it.each(PLACES)('is legal exactly where table 2-4 says: %s', (placeName, place) => {
    const found: string[] = [];
    const expected: string[] = [];
    for (let id = 0; id < 256; id++) {
      const row = TABLE.find(([tableId]) => tableId === id);
      const name = `0x${id.toString(16)}`;
      const isLegal = row?.[2].includes(placeName) ?? false;
      expected.push(`${name} ${isLegal ? 'ok' : 'MALFORMED_PROPERTIES'}`);
      found.push(`${name} ${verdict(row === undefined ? Buffer.from([id, 0, 0, 0, 0]) : bytesOf(row[1]), place)}`);
    }
    expect(found).toEqual(expected);
  });

  it.each(PLACES)('may stand twice only where the specification says so: %s', (placeName, place) => {
    for (const [id, hex, places] of TABLE) {
      if (!places.includes(placeName)) continue;
      const mayRepeat = id === 0x26 || (id === 0x0b && placeName === 'Publish');
      expect(`${id} ${verdict(bytesOf(hex + hex), place)}`).toBe(`${id} ${mayRepeat ? 'ok' : 'DUPLICATE_PROPERTY'}`);
    }
  });

  it.each(TABLE)('cut off anywhere is malformed: 0x%s', (_id, hex, places) => {
    const whole = bytesOf(hex);
    const place = PropertyPlace[places[0] as keyof typeof PropertyPlace];
    for (let end = 1; end < whole.length; end++) {
      expect(verdict(whole.subarray(0, end), place)).toBe('MALFORMED_PROPERTIES');
    }
  });

  it('has one row of its own', () => {
    expect(PROPERTIES.map(({ id }) => id)).toEqual(TABLE.map(([id]) => id));
    expect(new Set(PROPERTIES.map(({ name }) => name)).size).toBe(TABLE.length);
  });
});

describe('values', () => {
  it.each<[string, keyof typeof PropertyPlace, string, string]>([
    ['payload format indicator 2', 'Publish', '01 02', 'FORBIDDEN_PROPERTY'],
    ['request problem information 2', 'Connect', '17 02', 'FORBIDDEN_PROPERTY'],
    ['request response information 255', 'Connect', '19 ff', 'FORBIDDEN_PROPERTY'],
    ['maximum QoS 2', 'Connack', '24 02', 'FORBIDDEN_PROPERTY'],
    ['retain available 2', 'Connack', '25 02', 'FORBIDDEN_PROPERTY'],
    ['wildcard subscription available 2', 'Connack', '28 02', 'FORBIDDEN_PROPERTY'],
    ['subscription identifiers available 2', 'Connack', '29 02', 'FORBIDDEN_PROPERTY'],
    ['shared subscription available 2', 'Connack', '2a 02', 'FORBIDDEN_PROPERTY'],
    ['subscription identifier 0', 'Subscribe', '0b 00', 'FORBIDDEN_PROPERTY'],
    ['subscription identifier not in the shortest form [MQTT-1.5.5-1]', 'Subscribe', '0b 81 00', 'MALFORMED_VARINT'],
    ['subscription identifier of five bytes [MQTT-1.5.5-1]', 'Subscribe', '0b 80 80 80 80 01', 'MALFORMED_VARINT'],
    ['receive maximum 0', 'Connect', '21 00 00', 'FORBIDDEN_PROPERTY'],
    ['maximum packet size 0', 'Connect', '27 00 00 00 00', 'FORBIDDEN_PROPERTY'],
    ['topic alias 0 [MQTT-3.3.2-8]', 'Publish', '23 00 00', 'TOPIC_ALIAS_INVALID'],
    ['response topic with + [MQTT-3.3.2-14]', 'Will', '08 00 01 2b', 'FORBIDDEN_PROPERTY'],
    ['response topic with # [MQTT-3.3.2-14]', 'Will', '08 00 02 61 23', 'FORBIDDEN_PROPERTY'],
    ['response topic that is empty [MQTT-4.7.3-1]', 'Will', '08 00 00', 'FORBIDDEN_PROPERTY'],
    ['response topic that is not UTF-8 [MQTT-3.3.2-13]', 'Will', '08 00 01 ff', 'MALFORMED_PROPERTIES'],
    ['content type with U+0000 [MQTT-3.3.2-19] [MQTT-1.5.4-2]', 'Will', '03 00 01 00', 'MALFORMED_PROPERTIES'],
    ['user property with an ill-formed name [MQTT-1.5.7-1]', 'Auth', '26 00 01 ff 00 00', 'MALFORMED_PROPERTIES'],
    ['user property with an ill-formed value [MQTT-1.5.7-1]', 'Auth', '26 00 00 00 01 ff', 'MALFORMED_PROPERTIES'],
    ['user property with nothing in it', 'Auth', '26 00 00 00 00', 'ok'],
    ['correlation data that is any bytes', 'Publish', '09 00 02 00 ff', 'ok'],
  ])('%s in %s', (_name, place, hex, expected) => {
    expect(verdict(bytesOf(hex), PropertyPlace[place])).toBe(expected);
  });
});

describe('user properties', () => {
  const three = bytesOf('26 00 01 62 00 01 31 11 00 00 00 05 26 00 01 61 00 01 32 26 00 01 62 00 00');

  it('are counted and limited', () => {
    expect(checkProperties(three, 0, three.length, PropertyPlace.Connect, 3)).toBe(3);
    expect(verdict(three, PropertyPlace.Connect, 2)).toBe('TOO_MANY_USER_PROPERTIES');
    expect(verdict(bytesOf('11 00 00 00 05'), PropertyPlace.Connect, 0)).toBe('ok');
  });

  it('are read in the order they were sent, repeated names kept [MQTT-3.1.3-10]', () => {
    expect(readUserProperties(three, 0, three.length)).toEqual([
      ['b', '1'],
      ['a', '2'],
      ['b', ''],
    ]);
  });
});

describe('propertiesWithout', () => {
  it('leaves out one identifier, keeps the order, and owns its bytes', () => {
    const given = bytesOf('ff 26 00 01 62 00 01 31 18 00 00 00 05 01 01 ff');
    const kept = propertiesWithout(given, 1, given.length - 1, 0x18);
    given.fill(0);
    expect(kept).toEqual(bytesOf('26 00 01 62 00 01 31 01 01'));
    expect(propertiesWithout(given, 0, 0, 0x18)).toEqual(Buffer.alloc(0));
  });
});

const SIZES: Readonly<Record<PropertyType, string>> = {
  byte: '01',
  uint16: '00 01',
  uint32: '00 00 00 01',
  varint: '81 01',
  string: '00 02 c3 a9',
  binary: '00 02 ff 00',
  pair: '00 01 61 00 02 c3 a9',
};

it('any legal properties in any order pass, wherever they lie in a chunk', () => {
  const place = fc.constantFrom(...PLACES.map(([, bit]) => bit));
  const order = fc.tuple(place, fc.shuffledSubarray([...PROPERTIES]), fc.nat({ max: 5 }));
  fc.assert(
    fc.property(order, ([bit, rows, before]) => {
      const legal = rows.filter(({ places }) => (places & bit) !== 0);
      const bytes = bytesOf(legal.map(({ id, type }) => id.toString(16).padStart(2, '0') + SIZES[type]).join(''));
      const chunk = Buffer.concat([Buffer.alloc(before, 0xff), bytes, Buffer.alloc(3, 0xff)]);
      const count = legal.some(({ type }) => type === 'pair') ? 1 : 0;
      expect(checkProperties(chunk, before, before + bytes.length, bit, 1)).toBe(count);
    }),
  );
});
