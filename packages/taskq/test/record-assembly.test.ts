import { describe, expect, it } from 'vitest';
import { RecordAssembly } from '../src/record-assembly.ts';
import { bodyOf, KeptRecords, recordOf } from './records.ts';

describe('RecordAssembly', () => {
  it('gives the same records however the stream is cut', () => {
    const bodies = [0, 1, 7, 8, 9, 100].map((length, seed) => bodyOf(seed, length));
    const stream = Buffer.concat(bodies.map(recordOf));
    for (let first = 8; first < stream.length; first += 8) {
      for (let second = first; second < stream.length; second += 8) {
        expect(assembled([stream.subarray(0, first), stream.subarray(first, second), stream.subarray(second)])).toEqual(
          bodies,
        );
      }
    }
  });

  it.each([131_064, 131_065, 200_000, 3_000_000])('puts a record of %d bytes together, among small ones', (length) => {
    const bodies = [10, 20, length, 30, length, 0].map((each, seed) => bodyOf(seed, each));
    const stream = Buffer.concat(bodies.map(recordOf));
    const pieces = Array.from({ length: Math.ceil(stream.length / 40_000) }, (_, i) =>
      stream.subarray(i * 40_000, (i + 1) * 40_000),
    );
    const kept = assembled(pieces);
    expect(kept.length).toBe(bodies.length);
    expect(kept.every((body, i) => body.equals(bodies[i] as Buffer))).toBe(true);
  });

  it('holds no more than twice of what has arrived of a large record, and one piece after it', () => {
    const assembly = new RecordAssembly();
    const largest: number[] = [];
    const stream = recordOf(bodyOf(1, 10_000_000));
    const sink = { record: (buf: Buffer) => void largest.push(buf.length) };
    for (let at = 0; at < stream.length; ) {
      at += assembly.add(stream, at, Math.min(50_000, stream.length - at));
      assembly.handOut(sink);
      expect(assembly.capacity).toBeLessThanOrEqual(Math.max(131_072, 2 * at));
    }
    expect(largest).toEqual([stream.length]);
    expect(assembly.capacity).toBe(131_072);
  });
});

/** The bodies of the records in a stream that comes in these pieces. */
function assembled(pieces: readonly Buffer[]): Buffer[] {
  const assembly = new RecordAssembly();
  const kept = new KeptRecords();
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      at += assembly.add(piece, at, piece.length - at);
      assembly.handOut(kept);
    }
  }
  return kept.bodies;
}
