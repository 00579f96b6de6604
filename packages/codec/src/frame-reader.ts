import { MqttError } from './mqtt-error.ts';

/** What a sink answers after a frame. */
export const FrameVerdict = {
  /** Go on with the next frame. */
  Continue: 0,
  /** The connection is ending: parse nothing further, keep nothing. */
  Stop: 1,
  /** Keep the rest of the bytes unparsed until `resume`. */
  Suspend: 2,
} as const;

/** A verdict of the table above. */
export type FrameVerdict = (typeof FrameVerdict)[keyof typeof FrameVerdict];

/** Receives whole frames. Bytes are borrowed for the call; the sink may overwrite them but not keep them. */
export interface FrameSink {
  /** A whole frame lies in `buf[start, end)`; its remaining-length part begins at `bodyStart`. */
  frame(buf: Buffer, start: number, bodyStart: number, end: number): FrameVerdict;
  /** A frame has begun whose end is not here yet. May throw to refuse it early. */
  frameBegun(firstByte: number): void;
}

/** The smallest buffer for a frame that came in pieces, in bytes. */
const MIN_TAIL_BYTES = 512;
const MAX_HEADER_BYTES = 5;

/**
 * Cuts a byte stream into frames. Whole frames of a chunk are handed out where they lie; only a frame that
 * crosses chunks is copied, and for that no more memory is taken than twice what has really arrived, whatever
 * length the frame announces.
 *
 * Errors: MqttError MALFORMED_VARINT when a Remaining Length has a fifth byte, PACKET_TOO_LARGE as soon as a
 * frame announces more than `maxPacketBytes`.
 * @see MQTT 5.0, 2.1 Structure of an MQTT Control Packet
 */
export class FrameReader {
  /** Largest whole frame accepted, in bytes. */
  maxPacketBytes: number;
  #tail: Buffer | null = null;
  #tailLength = 0;
  #tailNeeds = 0;
  /** Bytes that a Suspend left unparsed. */
  #held: Buffer | null = null;

  constructor(maxPacketBytes: number) {
    this.maxPacketBytes = maxPacketBytes;
  }

  /** Bytes kept for the next chunk. */
  get bufferedBytes(): number {
    return this.#tailLength + (this.#held === null ? 0 : this.#held.length);
  }

  /** Forgets everything kept. */
  reset(): void {
    this.#tail = null;
    this.#tailLength = 0;
    this.#held = null;
  }

  /** Hands every whole frame of `chunk[at, end)` to `sink` and keeps the rest. `chunk` is borrowed. */
  read(chunk: Buffer, at: number, end: number, sink: FrameSink): FrameVerdict {
    if (this.#held !== null) {
      this.#held = Buffer.concat([this.#held, chunk.subarray(at, end)]);
      return FrameVerdict.Suspend;
    }
    let pos = at;
    if (this.#tailLength > 0) {
      pos = this.#fillTail(chunk, pos, end);
      if (this.#tailNeeds === 0 || this.#tailLength < this.#tailNeeds) return FrameVerdict.Continue;
      const verdict = this.#takeTail(sink);
      if (verdict !== FrameVerdict.Continue) return this.#interrupted(verdict, chunk, pos, end);
    }
    return this.#readFrames(chunk, pos, end, sink);
  }

  /** Goes on after a Suspend with what was kept. */
  resume(sink: FrameSink): FrameVerdict {
    const held = this.#held;
    if (held === null) return FrameVerdict.Continue;
    this.#held = null;
    return this.#readFrames(held, 0, held.length, sink);
  }

  /** Gives away what a Suspend kept, for somebody else to read. @returns null when it kept nothing */
  takeHeld(): Buffer | null {
    const held = this.#held;
    this.#held = null;
    return held;
  }

  #readFrames(chunk: Buffer, at: number, end: number, sink: FrameSink): FrameVerdict {
    let pos = at;
    while (end - pos >= 2) {
      let bodyStart = pos + 2;
      let length = chunk[pos + 1]!;
      if (length > 127) {
        const packed = readRemainingLength(chunk, pos + 1, end);
        if (packed < 0) break;
        bodyStart = pos + 1 + (packed & 7);
        length = (packed - (packed & 7)) / 8;
      }
      const frameEnd = bodyStart + length;
      if (frameEnd - pos > this.maxPacketBytes) throw tooLarge(frameEnd - pos, this.maxPacketBytes);
      if (frameEnd > end) break;
      const verdict = sink.frame(chunk, pos, bodyStart, frameEnd);
      pos = frameEnd;
      if (verdict !== FrameVerdict.Continue) return this.#interrupted(verdict, chunk, pos, end);
    }
    if (pos < end) {
      sink.frameBegun(chunk[pos]!);
      this.#keep(chunk, pos, end);
    }
    return FrameVerdict.Continue;
  }

  #interrupted(verdict: FrameVerdict, chunk: Buffer, pos: number, end: number): FrameVerdict {
    if (verdict === FrameVerdict.Suspend) this.#held = Buffer.from(chunk.subarray(pos, end));
    return verdict;
  }

  #keep(chunk: Buffer, pos: number, end: number): void {
    this.#tailLength = 0;
    this.#tailNeeds = 0;
    this.#append(chunk, pos, end);
    this.#measureTail();
  }

  /** Moves bytes into the tail until its frame is whole or the chunk is used up; returns the new position. */
  #fillTail(chunk: Buffer, at: number, end: number): number {
    let pos = at;
    while (this.#tailNeeds === 0 && pos < end) {
      this.#append(chunk, pos, pos + 1);
      pos += 1;
      this.#measureTail();
    }
    if (this.#tailNeeds === 0) return pos;
    const wanted = this.#tailNeeds - this.#tailLength;
    const stop = Math.min(pos + wanted, end);
    this.#append(chunk, pos, stop);
    return stop;
  }

  #append(chunk: Buffer, pos: number, end: number): void {
    const length = this.#tailLength + (end - pos);
    if (this.#tail === null || this.#tail.length < length) {
      const doubled = Math.max(length * 2, MIN_TAIL_BYTES);
      const capacity = this.#tailNeeds > 0 ? Math.min(doubled, this.#tailNeeds) : doubled;
      const larger = Buffer.allocUnsafeSlow(Math.max(capacity, length));
      if (this.#tail !== null) this.#tail.copy(larger, 0, 0, this.#tailLength);
      this.#tail = larger;
    }
    chunk.copy(this.#tail, this.#tailLength, pos, end);
    this.#tailLength = length;
  }

  /** Works out the tail's frame length once its header is there. */
  #measureTail(): void {
    const tail = this.#tail as Buffer;
    const packed = readRemainingLength(tail, 1, Math.min(this.#tailLength, MAX_HEADER_BYTES));
    if (packed < 0) return;
    const needs = 1 + (packed & 7) + (packed - (packed & 7)) / 8;
    if (needs > this.maxPacketBytes) throw tooLarge(needs, this.maxPacketBytes);
    this.#tailNeeds = needs;
  }

  #takeTail(sink: FrameSink): FrameVerdict {
    const tail = this.#tail as Buffer;
    const length = this.#tailNeeds;
    this.#tail = null;
    this.#tailLength = 0;
    this.#tailNeeds = 0;
    const packed = readRemainingLength(tail, 1, length);
    return sink.frame(tail, 0, 1 + (packed & 7), length);
  }
}

/** As `readVarint`: value * 8 + bytes used, or -1 when incomplete; kept here so that the hot loop inlines it. */
function readRemainingLength(buf: Buffer, at: number, end: number): number {
  let value = 0;
  let scale = 1;
  for (let used = 1; used <= 4; used++) {
    if (at + used > end) return -1;
    const byte = buf[at + used - 1]!;
    value += (byte & 127) * scale;
    if (byte < 128) return value * 8 + used;
    scale *= 128;
  }
  throw new MqttError('MALFORMED_VARINT'); // [MQTT-1.5.5-1]
}

/** [MQTT-3.2.2-15] */
function tooLarge(bytes: number, limit: number): MqttError {
  return new MqttError('PACKET_TOO_LARGE', { detail: `${bytes} bytes announced, ${limit} allowed` });
}
