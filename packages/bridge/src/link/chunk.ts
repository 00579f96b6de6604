const FIRST_BYTES = 16 * 1024;

/** Bytes gathered for one write. */
export class Chunk {
  /** Where `reserve` made room. */
  bytes: Buffer = Buffer.alloc(0);
  length = 0;

  /** Makes room for `count` bytes in `bytes` and returns where they go. */
  reserve(count: number): number {
    const at = this.length;
    const wanted = at + count;
    if (wanted > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(wanted, this.bytes.length * 2, FIRST_BYTES));
      this.bytes.copy(larger, 0, 0, at);
      this.bytes = larger;
    }
    this.length = wanted;
    return at;
  }

  append(from: Buffer, start: number, end: number): void {
    const at = this.reserve(end - start);
    from.copy(this.bytes, at, start, end);
  }

  /** What was gathered; belongs to the caller. */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.length);
    // Most of a buffer that stays unused is kept for the next time.
    this.bytes = this.bytes.subarray(this.length);
    if (this.bytes.length < FIRST_BYTES / 4) this.bytes = Buffer.alloc(0);
    this.length = 0;
    return taken;
  }
}
