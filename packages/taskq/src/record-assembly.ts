import { HEADER_BYTES, recordEnd } from './records/layout.ts';

/** As `BLOCK_BYTES` of the stage: a larger record costs a buffer of its own. */
const PIECE_BYTES = 128 * 1024;

/** Who takes records. */
export interface RecordSink {
  /** A record begins in `buf` at `at` and lies there whole; borrowed for the call. */
  record(buf: Buffer, at: number): void;
}

/**
 * Makes records of pieces of a stream, cut anywhere at a multiple of 8. Holds one piece; for a larger record it grows
 * as the record arrives, to no more than twice of what is there.
 */
export class RecordAssembly {
  #bytes: Buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  #filled = 0;

  /** Bytes of memory it holds. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /**
   * Takes on of `from[start, start + length)` what there is room for; there is some after every `handOut`.
   * @returns how many bytes
   */
  add(from: Buffer, start: number, length: number): number {
    const taken = Math.min(length, this.#bytes.length - this.#filled);
    from.copy(this.#bytes, this.#filled, start, start + taken);
    this.#filled += taken;
    return taken;
  }

  /** Hands out the records that are whole. */
  handOut(sink: RecordSink): void {
    const bytes = this.#bytes;
    const filled = this.#filled;
    let at = 0;
    while (filled - at >= HEADER_BYTES) {
      const end = recordEnd(bytes, at);
      if (end > filled) break;
      sink.record(bytes, at);
      at = end;
    }
    this.#keep(at);
  }

  /** Moves what is left, the beginning of one record, to the front. */
  #keep(at: number): void {
    const bytes = this.#bytes;
    const left = this.#filled - at;
    if (left === bytes.length) {
      this.#bytes = Buffer.allocUnsafeSlow(Math.min(recordEnd(bytes, 0), 2 * left));
    } else if (bytes.length > PIECE_BYTES && left < PIECE_BYTES) {
      this.#bytes = Buffer.allocUnsafeSlow(PIECE_BYTES);
    }
    if (left > 0 && (at > 0 || this.#bytes !== bytes)) bytes.copy(this.#bytes, 0, at, this.#filled);
    this.#filled = left;
  }
}
