import { describe, expect, it } from 'vitest';
import { takeWholeFrames } from '../../src/ws/whole-frames.ts';
import { maskedFrame, payloadOf } from './web-socket-frames.ts';

const LENGTHS = [0, 1, 2, 3, 4, 5, 125, 126, 255, 256, 257, 1003];
const PAYLOADS = LENGTHS.map(payloadOf);
const MASKS = ['00000000', '37fa213d', 'ff00ff00', '01020304'].map((hex) => Buffer.from(hex, 'hex'));

function stream(payloads: readonly Buffer[]): Buffer {
  return Buffer.concat(payloads.map((payload, i) => maskedFrame(payload, true, 2, MASKS[i % MASKS.length])));
}

describe('takeWholeFrames', () => {
  it.each([PAYLOADS, PAYLOADS.toReversed()])(
    'gives the payloads of all frames, together and in order',
    (...payloads) => {
      const chunk = stream(payloads);
      const { length } = chunk;
      expect(takeWholeFrames(chunk, 0)).toEqual({ payload: Buffer.concat(payloads), end: length });
    },
  );

  it.each(LENGTHS)('takes a frame of %i bytes alone', (length) => {
    const chunk = stream([payloadOf(length)]);
    expect(takeWholeFrames(chunk, 0)).toEqual({ payload: payloadOf(length), end: chunk.length });
  });

  it('takes no frame before it is whole, and leaves its bytes alone', () => {
    const [first, second] = [stream([payloadOf(9)]), maskedFrame(payloadOf(300))];
    for (let cut = 0; cut < second.length; cut++) {
      const chunk = Buffer.concat([first, second.subarray(0, cut)]);
      expect(takeWholeFrames(chunk, 0)).toEqual({ payload: payloadOf(9), end: first.length });
      expect(chunk.subarray(first.length).equals(second.subarray(0, cut))).toBe(true);
    }
  });

  it.each([
    ['a fragment', maskedFrame(payloadOf(9), false)],
    ['the rest of fragments', maskedFrame(payloadOf(9), true, 0)],
    ['text', maskedFrame(payloadOf(9), true, 1)],
    ['a ping', maskedFrame(payloadOf(9), true, 9)],
    ['a close', maskedFrame(Buffer.from('03e8', 'hex'), true, 8)],
    ['a frame without a mask', Buffer.from('8202abcd00000000', 'hex')],
    ['a compressed frame', Buffer.concat([Buffer.from([0xc2]), maskedFrame(payloadOf(9)).subarray(1)])],
    ['a frame of 64 KiB', maskedFrame(payloadOf(65_536))],
    ['a frame above the limit', maskedFrame(payloadOf(1001))],
  ])('leaves %s to others', (_, frame) => {
    expect(takeWholeFrames(frame, 1000)).toBeNull();
    const before = stream([payloadOf(9), payloadOf(1000)]);
    const taken = takeWholeFrames(Buffer.concat([before, frame, before]), 1000);
    expect(taken).toEqual({ payload: Buffer.concat([payloadOf(9), payloadOf(1000)]), end: before.length });
  });
});
