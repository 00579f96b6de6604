import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameSplitter } from '../../src/load/frame-splitter.ts';
import { publishTemplate } from '../../src/load/load-frames.ts';

function bodiesAfter(chunks: readonly Uint8Array[]): string[] {
  const seen: string[] = [];
  const splitter = new FrameSplitter({
    frame: (firstByte, bytes, bodyAt, end) =>
      seen.push(`${firstByte} ${Buffer.from(bytes.subarray(bodyAt, end)).toString('hex')}`),
  });
  // A read buffer is used again: what the splitter keeps must be a copy.
  for (const chunk of chunks) {
    const shared = new Uint8Array(chunk);
    splitter.feed(shared, shared.length);
    shared.fill(0xff);
  }
  return seen;
}

const STREAM = Buffer.concat([
  Buffer.from('20020000', 'hex'),
  Buffer.from('d000', 'hex'),
  publishTemplate('a/b', 1, 5, 8).frame,
  publishTemplate('a/b', 0, 4, 200).frame,
  publishTemplate('a/b', 0, 4, 20_000).frame,
  Buffer.from('40020001', 'hex'),
]);
const WHOLE = bodiesAfter([STREAM]);

describe('FrameSplitter', () => {
  it('finds every frame of a chunk', () => {
    expect(WHOLE.map((frame) => frame.slice(0, 3).trim())).toEqual(['32', '208', '50', '48', '48', '64']);
    expect(WHOLE.map((frame) => (frame.split(' ')[1] ?? '').length / 2)).toEqual([2, 0, 16, 205, 20_005, 2]);
  });

  it('finds the same frames one byte at a time', () => {
    expect(bodiesAfter([...STREAM].map((byte) => Uint8Array.of(byte)))).toEqual(WHOLE);
  });

  it('finds the same frames however the stream is split', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: STREAM.length }), { maxLength: 8 }), (cuts) => {
        const edges = [0, ...cuts.sort((left, right) => left - right), STREAM.length];
        const chunks = edges.slice(1).map((edge, index) => STREAM.subarray(edges[index], edge));
        expect(bodiesAfter(chunks)).toEqual(WHOLE);
      }),
    );
  });

  it('refuses a length of five bytes [MQTT-1.5.5-1]', () => {
    expect(() => bodiesAfter([Buffer.from('30ffffffff01', 'hex')])).toThrow(/four bytes/);
  });
});
