import { describe, expect, it } from 'vitest';
import { BufferPool, LARGEST_POOLED_BYTES } from '../../src/connection/buffer-pool.ts';

const MIB = 1024 * 1024;

describe('BufferPool', () => {
  it.each([
    [1, 1024],
    [1024, 1024],
    [1025, 4096],
    [16_384, 16_384],
    [16_385, 32_768],
    [LARGEST_POOLED_BYTES - 1, LARGEST_POOLED_BYTES],
    [LARGEST_POOLED_BYTES, LARGEST_POOLED_BYTES],
  ])('gives the smallest buffer that holds %i bytes: %i', (wanted, capacity) => {
    expect(new BufferPool().take(wanted).length).toBe(capacity);
  });

  it('gives back what it was given, the last first, and never twice', () => {
    const pool = new BufferPool();
    const buffers = [pool.take(10), pool.take(10)];
    for (const buffer of buffers) pool.give(buffer);
    expect(pool.take(10)).toBe(buffers[1]);
    expect(pool.take(1024)).toBe(buffers[0]);
    expect(buffers).not.toContain(pool.take(10));
  });

  it('keeps sizes apart', () => {
    const pool = new BufferPool();
    const small = pool.take(1);
    pool.give(small);
    expect(pool.take(2000)).not.toBe(small);
    expect(pool.take(1)).toBe(small);
  });

  it('keeps none above its largest size, and none of a size of its own', () => {
    const pool = new BufferPool();
    const large = pool.take(LARGEST_POOLED_BYTES + 1);
    expect(large.length).toBe(LARGEST_POOLED_BYTES + 1);
    const odd = Buffer.alloc(2000);
    for (const buffer of [large, odd]) pool.give(buffer);
    for (const bytes of [LARGEST_POOLED_BYTES + 1, 2000]) expect([large, odd]).not.toContain(pool.take(bytes));
  });

  it('keeps a bounded number of bytes of each size', () => {
    const pool = new BufferPool();
    const given = new Set<Buffer>(Array.from({ length: 300 }, () => Buffer.allocUnsafeSlow(LARGEST_POOLED_BYTES)));
    for (const buffer of given) pool.give(buffer);
    let kept = 0;
    while (given.has(pool.take(LARGEST_POOLED_BYTES))) kept++;
    expect(kept * LARGEST_POOLED_BYTES).toBe(16 * MIB);
  });
});
