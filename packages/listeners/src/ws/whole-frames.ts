import { MIN_WORD_BYTES, unmask } from './unmask.ts';

/** First byte of an ordinary frame: whole, no extension, binary. */
const WHOLE_BINARY = 0x82;
/** In the second byte: a mask follows the length. */
const MASKED = 0x80;
/** Lengths from here on stand in further bytes: this one says in two, the next in eight. */
const LENGTH_16 = 126;
const MASK_BYTES = 4;

/** The frames at the beginning of a chunk. */
export interface WholeFrames {
  /** Their payloads together, without masks. It lies in the chunk, which is changed for it. */
  readonly payload: Buffer;
  /** Where in the chunk the first byte follows that belongs to none of them. */
  readonly end: number;
}

/**
 * Takes frames as clients of MQTT send them, masked binary messages in one frame of less than 64 KiB, as far as they are
 * whole: one pass and one view, where one at a time each costs six views.
 * @param chunk            begins with a frame
 * @param maxPayloadBytes  of a frame; a larger one is not taken; 0 = no limit
 * @returns null when not even the first is one of them
 * @see RFC 6455, 5.2 Base Framing Protocol
 */
export function takeWholeFrames(chunk: Buffer, maxPayloadBytes: number): WholeFrames | null {
  let at = 0;
  let start = -1;
  let gathered = 0;
  while (at + 2 + MASK_BYTES <= chunk.length && chunk[at] === WHOLE_BINARY && chunk[at + 1]! >= MASKED) {
    let length = chunk[at + 1]! & ~MASKED;
    let maskAt = at + 2;
    if (length > LENGTH_16) break;
    if (length === LENGTH_16) {
      length = (chunk[at + 2]! << 8) | chunk[at + 3]!;
      maskAt += 2;
    }
    const from = maskAt + MASK_BYTES;
    if (from + length > chunk.length || (maxPayloadBytes > 0 && length > maxPayloadBytes)) break;
    if (start < 0) start = gathered = from;
    unmaskTo(chunk, gathered, maskAt, length);
    gathered += length;
    at = from + length;
  }
  return start < 0 ? null : { payload: chunk.subarray(start, gathered), end: at };
}

/** Moves the payload behind the mask to `to`, which is not behind it, and removes the mask. */
function unmaskTo(chunk: Buffer, to: number, maskAt: number, length: number): void {
  const from = maskAt + MASK_BYTES;
  if (length >= MIN_WORD_BYTES) {
    unmask(chunk.subarray(from, from + length), chunk.subarray(maskAt, from));
    if (to < from) chunk.copyWithin(to, from, from + length);
    return;
  }
  // Read first: the payload may be moved over it.
  const first = chunk[maskAt]!;
  const second = chunk[maskAt + 1]!;
  const third = chunk[maskAt + 2]!;
  const fourth = chunk[maskAt + 3]!;
  let i = 0;
  for (; i + 3 < length; i += 4) {
    chunk[to + i] = chunk[from + i]! ^ first;
    chunk[to + i + 1] = chunk[from + i + 1]! ^ second;
    chunk[to + i + 2] = chunk[from + i + 2]! ^ third;
    chunk[to + i + 3] = chunk[from + i + 3]! ^ fourth;
  }
  if (i < length) chunk[to + i] = chunk[from + i]! ^ first;
  if (i + 1 < length) chunk[to + i + 1] = chunk[from + i + 1]! ^ second;
  if (i + 2 < length) chunk[to + i + 2] = chunk[from + i + 2]! ^ third;
}
