import { COUNT_BYTES, NUMBER_BYTES, writeCount } from './layout.ts';

const INITIAL_BYTES = 512;
const UTF8_BYTES_PER_UNIT = 3;

/**
 * Collects the fields of one record's body before it is known how long it becomes. One instance is used again and
 * again. For records that are not sent for every message.
 */
export class FieldWriter {
  bytes: Buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  length = 0;

  begin(): this {
    this.length = 0;
    return this;
  }

  count(value: number): this {
    this.#makeRoom(COUNT_BYTES);
    writeCount(this.bytes, this.length, value);
    this.length += COUNT_BYTES;
    return this;
  }

  number(value: number): this {
    this.#makeRoom(NUMBER_BYTES);
    this.length = this.bytes.writeDoubleLE(value, this.length);
    return this;
  }

  text(value: string): this {
    return this.#string(value, value.length * UTF8_BYTES_PER_UNIT, 'utf8');
  }

  key(value: string): this {
    return this.#string(value, value.length, 'latin1');
  }

  #string(value: string, maxBytes: number, encoding: 'utf8' | 'latin1'): this {
    this.#makeRoom(COUNT_BYTES + maxBytes);
    const length = this.bytes.write(value, this.length + COUNT_BYTES, encoding);
    writeCount(this.bytes, this.length, length);
    this.length += COUNT_BYTES + length;
    return this;
  }

  #makeRoom(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.length + bytes, 2 * this.bytes.length));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
