import { COUNT_BYTES, NUMBER_BYTES, readCount } from './layout.ts';

const NONE = Buffer.alloc(0);

/** Reads the fields of one record's body, in the order in which they were written. One instance is used again and again. */
export class FieldReader {
  bytes: Buffer = NONE;
  /** Where the next field begins. */
  at = 0;
  /** Where the body ends. */
  end = 0;

  open(bytes: Buffer, at: number, end: number): void {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  count(): number {
    this.at += COUNT_BYTES;
    return readCount(this.bytes, this.at - COUNT_BYTES);
  }

  number(): number {
    this.at += NUMBER_BYTES;
    return this.bytes.readDoubleLE(this.at - NUMBER_BYTES);
  }

  text(): string {
    const start = this.#skipString();
    return this.bytes.toString('utf8', start, this.at);
  }

  key(): string {
    const start = this.#skipString();
    return this.bytes.toString('latin1', start, this.at);
  }

  #skipString(): number {
    const length = this.count();
    const start = this.at;
    this.at = start + length;
    return start;
  }
}
