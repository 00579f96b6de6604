import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWellFormedUtf8 } from '../src/utf8.ts';

/** The definition, by a decoder that refuses; U+FEFF is kept, U+0000 is what MQTT forbids besides. */
function oracle(bytes: Uint8Array): boolean {
  try {
    return !new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes).includes('\0');
  } catch {
    return false;
  }
}

const check = (bytes: Uint8Array) => isWellFormedUtf8(bytes, 0, bytes.length);

describe('isWellFormedUtf8', () => {
  it.each([
    ['nothing', '', true],
    ['ASCII', '612f62', true],
    ['control characters, which may be refused but need not', '01 1f 7f c2 80 c2 9f', true],
    ['a non-character U+FFFF', 'ef bf bf', true],
    ['U+FEFF at the front [MQTT-1.5.4-3]', 'ef bb bf 61', true],
    ['the largest code point U+10FFFF', 'f4 8f bf bf', true],
    ['U+0000 [MQTT-1.5.4-2]', '61 00', false],
    ['U+0000 in two bytes [MQTT-1.5.4-1]', 'c0 80', false],
    ['overlong in three bytes [MQTT-1.5.4-1]', 'e0 9f bf', false],
    ['overlong in four bytes [MQTT-1.5.4-1]', 'f0 8f bf bf', false],
    ['the first surrogate U+D800 [MQTT-1.5.4-1]', 'ed a0 80', false],
    ['the last surrogate U+DFFF [MQTT-1.5.4-1]', 'ed bf bf', false],
    ['the last before the surrogates', 'ed 9f bf', true],
    ['above U+10FFFF [MQTT-1.5.4-1]', 'f4 90 80 80', false],
    ['a lead byte F5 [MQTT-1.5.4-1]', 'f5 80 80 80', false],
    ['a continuation byte alone [MQTT-1.5.4-1]', '80', false],
    ['cut off after two of three bytes [MQTT-1.5.4-1]', 'e2 82', false],
    ['3.1.1: a surrogate [v3.1.1 MQTT-1.5.3-1]', 'ed a0 80', false],
    ['3.1.1: U+0000 [v3.1.1 MQTT-1.5.3-2]', '00', false],
  ])('%s', (_name, hex, expected) => {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    expect(check(bytes)).toBe(expected);
    expect(oracle(bytes)).toBe(expected);
  });

  it('agrees with TextDecoder on every two bytes', () => {
    const differ: number[] = [];
    for (let pair = 0; pair < 0x1_0000; pair++) {
      const bytes = Uint8Array.of(pair >> 8, pair & 0xff);
      if (check(bytes) !== oracle(bytes)) differ.push(pair);
    }
    expect(differ).toEqual([]);
  });

  it('agrees with TextDecoder on any bytes, mostly almost well formed', () => {
    const edge = fc.constantFrom(
      0x00,
      0x7f,
      0x80,
      0x8f,
      0x90,
      0x9f,
      0xa0,
      0xbf,
      0xc2,
      0xe0,
      0xed,
      0xef,
      0xf0,
      0xf4,
      0xf5,
    );
    const raw = fc.array(fc.oneof(edge, fc.nat({ max: 255 })), { maxLength: 8 }).map((bytes) => Uint8Array.from(bytes));
    const text = fc.string({ unit: 'binary', maxLength: 8 }).map((given) => new TextEncoder().encode(given));
    const both = fc.tuple(text, raw, text).map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));
    fc.assert(
      fc.property(fc.oneof(raw, text, both), (bytes) => {
        expect(check(bytes)).toBe(oracle(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  it('looks at nothing outside the range', () => {
    const bytes = Buffer.from('80 e2 82 ac 80'.replaceAll(' ', ''), 'hex');
    expect(isWellFormedUtf8(bytes, 1, 4)).toBe(true);
    expect(isWellFormedUtf8(bytes, 1, 3)).toBe(false);
    expect(isWellFormedUtf8(bytes, 1, 1)).toBe(true);
  });
});
