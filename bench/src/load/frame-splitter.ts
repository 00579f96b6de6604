/** Receives whole frames; the bytes are borrowed for the call. */
export interface FrameSink {
  /**
   * @param firstByte packet type and flags
   * @param bytes     holds the frame's body from `bodyAt` to `end` (exclusive)
   */
  frame(firstByte: number, bytes: Uint8Array, bodyAt: number, end: number): void;
}

const MAX_HEAD_BYTES = 5;

/**
 * Cuts a byte stream into MQTT frames. It trusts the broker: lengths are not limited and nothing is validated, for a
 * load generator that checks everything would measure itself.
 *
 * Whole frames are read where they lie; only a frame that straddles two chunks is copied.
 */
export class FrameSplitter {
  readonly #sink: FrameSink;
  #tail = new Uint8Array(256);
  #tailLength = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Hands every frame that is complete with this chunk to the sink and keeps the rest. */
  feed(chunk: Uint8Array, length: number): void {
    const start = this.#tailLength === 0 ? 0 : this.#completeTail(chunk, length);
    const kept = this.#whole(chunk, start, length);
    if (kept < length) this.#keep(chunk, kept, length);
  }

  /** Feeds whole frames from `start` on. @returns offset of the first byte that belongs to no whole frame */
  #whole(bytes: Uint8Array, start: number, end: number): number {
    const sink = this.#sink;
    let at = start;
    while (end - at >= 2) {
      let length = bytes[at + 1]!;
      let bodyAt = at + 2;
      if (length > 127) {
        const packed = lengthAt(bytes, at + 1, end);
        if (packed < 0) return at;
        bodyAt = at + 1 + (packed % 8);
        length = Math.floor(packed / 8);
      }
      const frameEnd = bodyAt + length;
      if (frameEnd > end) return at;
      sink.frame(bytes[at]!, bytes, bodyAt, frameEnd);
      at = frameEnd;
    }
    return at;
  }

  /** Moves bytes from the chunk into the kept frame until it is whole. @returns bytes of the chunk used up */
  #completeTail(chunk: Uint8Array, length: number): number {
    let used = 0;
    while (used < length) {
      const missing = missingBytes(this.#tail, this.#tailLength);
      const taken = Math.min(missing, length - used);
      this.#keep(chunk, used, used + taken);
      used += taken;
      if (missingBytes(this.#tail, this.#tailLength) === 0) {
        const tailLength = this.#tailLength;
        this.#tailLength = 0;
        this.#whole(this.#tail, 0, tailLength);
        break;
      }
    }
    return used;
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    const needed = this.#tailLength + end - start;
    if (needed > this.#tail.length) {
      const larger = new Uint8Array(needed * 2);
      larger.set(this.#tail.subarray(0, this.#tailLength));
      this.#tail = larger;
    }
    this.#tail.set(bytes.subarray(start, end), this.#tailLength);
    this.#tailLength = needed;
  }
}

/** Bytes needed before more is known about the frame that begins at 0: the rest of it, or one more of its head. */
function missingBytes(bytes: Uint8Array, length: number): number {
  if (length < 2) return 2 - length;
  const packed = lengthAt(bytes, 1, length);
  if (packed < 0) return 1;
  return 1 + (packed % 8) + Math.floor(packed / 8) - length;
}

/** Variable byte integer at `at`. @returns value * 8 + bytes used, or -1 when it is not all there */
function lengthAt(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  let scale = 1;
  for (let used = 1; used < MAX_HEAD_BYTES; used += 1) {
    if (at + used > end) return -1;
    const byte = bytes[at + used - 1]!;
    value += (byte & 127) * scale;
    if (byte < 128) return value * 8 + used;
    scale *= 128;
  }
  throw new Error('the broker sent a remaining length of more than four bytes');
}
