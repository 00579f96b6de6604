import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MIN_WORD_BYTES, unmask } from '../../src/ws/unmask.ts';

const MASK = Buffer.from('37fa213d', 'hex');

/** As RFC 6455, 5.3 has it. */
function naive(bytes: Uint8Array, mask: Uint8Array): Buffer {
  return Buffer.from(bytes.map((byte, i) => byte ^ (mask[i % 4] as number)));
}

describe('unmask', () => {
  it('gives the text of RFC 6455, 5.7', () => {
    const data = Buffer.from('7f9f4d5158', 'hex');
    unmask(data, MASK);
    expect(data.toString()).toBe('Hello');
  });

  it.each(Array.from({ length: 8 }, (_, i) => i))('touches nothing beside its bytes, which begin at %i', (offset) => {
    for (const length of [0, 1, MIN_WORD_BYTES - 1, MIN_WORD_BYTES, MIN_WORD_BYTES + 1, MIN_WORD_BYTES + 6]) {
      const memory = Buffer.from(new ArrayBuffer(offset + length + 8)).fill(0xa5);
      unmask(memory.subarray(offset, offset + length), MASK);
      const expected = Buffer.alloc(memory.length, 0xa5);
      expected.set(naive(expected.subarray(offset, offset + length), MASK), offset);
      expect(memory.equals(expected)).toBe(true);
    }
  });

  it('equals a naive one', () => {
    const bytes = fc.uint8Array({ maxLength: 4 * MIN_WORD_BYTES });
    const mask = fc.uint8Array({ minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(bytes, mask, fc.nat(7), (data, key, offset) => {
        const memory = Buffer.from(new ArrayBuffer(data.length + offset)).subarray(offset);
        memory.set(data);
        unmask(memory, key);
        expect(memory.equals(naive(data, key))).toBe(true);
      }),
    );
  });
});
