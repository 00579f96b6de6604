import { describe, expect, it } from 'vitest';
import { ByteStage } from '../src/byte-stage.ts';
import { bodyOf } from './records.ts';

const BLOCK_BYTES = 128 * 1024;

describe('ByteStage', () => {
  it.each([
    ['within a block', [8, 16, 24], 1000],
    ['over blocks', Array.from({ length: 30 }, () => 10_000), 4096],
    ['larger than a block, among others', [8, 3 * BLOCK_BYTES, 8, BLOCK_BYTES, 8], 10_000],
    ['exactly one block', [BLOCK_BYTES, BLOCK_BYTES], BLOCK_BYTES],
  ])('moves on in order what was written: %s', (_, sizes, limit) => {
    const stage = new ByteStage();
    const pieces = sizes.map((size, seed) => bodyOf(seed, size));
    for (const piece of pieces) write(stage, piece);
    expect(stage.length).toBe(sizes.reduce((sum, size) => sum + size));
    expect(moveAll(stage, limit).equals(Buffer.concat(pieces))).toBe(true);
    expect(stage.length).toBe(0);
  });

  it('takes more while it is moved on', () => {
    const stage = new ByteStage();
    const pieces: Buffer[] = [];
    const target = Buffer.alloc(BLOCK_BYTES);
    const moved: Buffer[] = [];
    for (let seed = 0; seed < 200; seed++) {
      pieces.push(bodyOf(seed, (seed % 40) * 80));
      write(stage, pieces.at(-1) as Buffer);
      if (seed % 3 === 0) moved.push(Buffer.from(target.subarray(0, stage.moveTo(target, 0, 5000))));
    }
    moved.push(moveAll(stage, 5000));
    expect(Buffer.concat(moved).equals(Buffer.concat(pieces))).toBe(true);
  });

  it('uses its block again, and gives a larger one back', () => {
    const stage = new ByteStage();
    const { bytes } = stage;
    write(stage, bodyOf(1, 80));
    moveAll(stage, 80);
    expect(stage.reserve(8)).toBe(0);
    expect(stage.bytes).toBe(bytes);
    write(stage, bodyOf(2, 5 * BLOCK_BYTES));
    moveAll(stage, BLOCK_BYTES);
    expect(stage.bytes.length).toBe(BLOCK_BYTES);
  });
});

function write(stage: ByteStage, piece: Buffer): void {
  const at = stage.reserve(piece.length);
  piece.copy(stage.bytes, at);
}

function moveAll(stage: ByteStage, limit: number): Buffer {
  const target = Buffer.alloc(limit);
  const parts: Buffer[] = [];
  while (stage.length > 0) parts.push(Buffer.from(target.subarray(0, stage.moveTo(target, 0, limit))));
  return Buffer.concat(parts);
}
