/** A run of frames as one read brings it, and more; a larger record costs a block of its own. */
const BLOCK_BYTES = 128 * 1024;

interface Block {
  readonly bytes: Buffer;
  /** Bytes written. */
  used: number;
  /** Of these, already moved on. */
  moved: number;
}

/**
 * Bytes on their way into a ring: a queue of blocks, written at one end and moved on from the other. Each piece lies in
 * one block; one that is larger than a block gets its own.
 */
export class ByteStage {
  /** Bytes that have not been moved on. */
  length = 0;
  #current: Block = newBlock(BLOCK_BYTES);
  readonly #older: Block[] = [];

  /** The block that was reserved in last. */
  get bytes(): Buffer {
    return this.#current.bytes;
  }

  /** @returns where in `bytes` a piece of `size` bytes may be written */
  reserve(size: number): number {
    if (this.#current.used + size > this.#current.bytes.length) this.#begin(size);
    const at = this.#current.used;
    this.#current.used = at + size;
    this.length += size;
    return at;
  }

  /**
   * Moves the oldest bytes on, at most `limit` and at most one block's.
   * @returns how many
   */
  moveTo(target: Buffer, at: number, limit: number): number {
    const block = this.#older[0] ?? this.#current;
    const moved = Math.min(limit, block.used - block.moved);
    block.bytes.copy(target, at, block.moved, block.moved + moved);
    block.moved += moved;
    this.length -= moved;
    if (block.moved === block.used) this.#leave(block);
    return moved;
  }

  #begin(size: number): void {
    if (this.#current.used > 0) this.#older.push(this.#current);
    this.#current = newBlock(Math.max(size, BLOCK_BYTES));
  }

  #leave(block: Block): void {
    if (block !== this.#current) this.#older.shift();
    else if (block.bytes.length > BLOCK_BYTES) this.#current = newBlock(BLOCK_BYTES);
    else block.used = block.moved = 0;
  }
}

function newBlock(size: number): Block {
  return { bytes: Buffer.allocUnsafeSlow(size), used: 0, moved: 0 };
}
