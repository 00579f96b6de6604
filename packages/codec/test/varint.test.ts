import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_VARINT, readVarint, varintSize, writeVarint } from '../src/varint.ts';
import { thrownBy } from './decode-vector.ts';

/** MQTT 5.0, table 1-1. */
const ROWS: readonly (readonly [value: number, hex: string])[] = [
  [0, '00'],
  [127, '7f'],
  [128, '8001'],
  [16_383, 'ff7f'],
  [16_384, '808001'],
  [2_097_151, 'ffff7f'],
  [2_097_152, '80808001'],
  [268_435_455, 'ffffff7f'],
];

describe('variable byte integers', () => {
  it.each(ROWS)('%d is written in the fewest bytes and read back [MQTT-1.5.5-1]: %s', (value, hex) => {
    const out = Buffer.alloc(6, 0xee);
    const end = writeVarint(out, 1, value);
    expect(out.toString('hex', 1, end)).toBe(hex);
    expect(varintSize(value)).toBe(end - 1);
    expect(readVarint(out, 1, end)).toBe(value * 8 + (end - 1));
    expect(readVarint(out, 1, end - 1)).toBe(-1);
  });

  it('come back as they went in', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_VARINT }), (value) => {
        const out = Buffer.alloc(4);
        const used = writeVarint(out, 0, value);
        expect(readVarint(out, 0, used)).toBe(value * 8 + used);
      }),
    );
  });

  it('with a fifth byte are malformed [MQTT-1.5.5-1]', () => {
    expect(thrownBy(() => readVarint(Buffer.from('8080808001', 'hex'), 0, 5))).toMatchObject({
      code: 'MALFORMED_VARINT',
      reasonCode: 0x81,
    });
    expect(thrownBy(() => readVarint(Buffer.from('80808080', 'hex'), 0, 4))).toMatchObject({
      code: 'MALFORMED_VARINT',
    });
  });

  it('beyond what four bytes hold are not written', () => {
    expect(() => writeVarint(Buffer.alloc(5), 0, MAX_VARINT + 1)).toThrow(RangeError);
  });

  it('end where the range ends', () => {
    expect(readVarint(Buffer.from('8001', 'hex'), 0, 0)).toBe(-1);
    expect(readVarint(Buffer.from('8001', 'hex'), 0, 1)).toBe(-1);
  });
});
