import type { Counters } from '../observe/counters.ts';
import type { Transport } from '../ports/transport.ts';
import type { BufferPool } from './buffer-pool.ts';
import { copyBytes } from './copy-bytes.ts';
import type { FlushQueue } from './flush-queue.ts';

/** What gathers at most before it is handed over to wait in a transport that is blocked, bytes. */
export const GATHERED_BYTES = 64 * 1024;

/**
 * Bytes on their way to one connection, collected during a turn and written once at its end.
 *
 * Either `bytes[0, length)` in a pooled buffer of its own, or one shared segment that many connections send by
 * reference; never both. While the transport is blocked, bytes gather here up to 64 KiB before more is handed over.
 */
export class OutBuffer {
  /** Where `reserve` made room; null while nothing waits. */
  bytes: Buffer | null = null;
  length = 0;
  readonly #transport: Transport;
  readonly #pool: BufferPool;
  readonly #queue: FlushQueue;
  readonly #counters: Counters;
  #segment: Buffer | null = null;
  #isDirty = false;
  #isBlocked = false;
  /** Bytes of the largest piece the transport was given since it has taken everything. */
  #largestGiven = 0;
  #isClosed = false;

  constructor(transport: Transport, pool: BufferPool, queue: FlushQueue, counters: Counters) {
    this.#transport = transport;
    this.#pool = pool;
    this.#queue = queue;
    this.#counters = counters;
  }

  /** The transport has not taken everything it was given. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /** Bytes that the network has not taken yet. */
  get waitingBytes(): number {
    return this.length + (this.#segment === null ? 0 : this.#segment.length) + this.#transport.pendingBytes;
  }

  /** Of `waitingBytes` those of the largest message, if it is larger than what gathers; else 0. */
  get largestWaitingBytes(): number {
    const largest = Math.max(this.#largestGiven, this.length);
    return largest > GATHERED_BYTES ? largest : 0;
  }

  /** Makes room for `count` bytes in `bytes` and returns where they go. */
  reserve(count: number): number {
    if (this.#segment !== null) this.#copySegment();
    if (this.bytes === null || this.length + count > this.bytes.length) this.#makeRoom(count);
    const at = this.length;
    this.length = at + count;
    if (!this.#isDirty) this.#becomeDirty();
    return at;
  }

  /** Appends a copy of `from[start, end)`. */
  append(from: Buffer, start: number, end: number): void {
    const at = this.reserve(end - start);
    copyBytes(from, start, end, this.bytes as Buffer, at);
  }

  /**
   * Appends a segment that stays unchanged until it is written.
   * @returns true when it is kept by reference, false when it was copied
   */
  appendShared(segment: Buffer): boolean {
    if (this.length > 0 || this.#segment !== null || this.#isBlocked) {
      this.append(segment, 0, segment.length);
      return false;
    }
    this.#segment = segment;
    if (!this.#isDirty) this.#becomeDirty();
    return true;
  }

  /** Writes what waits, unless the transport is blocked and there is room to wait. */
  flush(): void {
    this.#isDirty = false;
    if (this.#isClosed || this.#isBlocked) return;
    this.#writeOut();
  }

  /** The transport took everything. */
  drained(): void {
    this.#isBlocked = false;
    this.#largestGiven = 0;
    if (!this.#isDirty) this.#writeOut();
  }

  /** Writes what waits, whatever the state, before an orderly end. */
  finish(): void {
    if (!this.#isClosed) this.#writeOut();
    this.close();
  }

  /** Gives back the buffer; nothing is sent any more. */
  close(): void {
    this.#isClosed = true;
    this.#segment = null;
    this.length = 0;
    if (this.bytes !== null) this.#pool.give(this.bytes);
    this.bytes = null;
  }

  #becomeDirty(): void {
    this.#isDirty = true;
    this.#queue.push(this);
  }

  #copySegment(): void {
    const segment = this.#segment as Buffer;
    this.#segment = null;
    this.bytes = this.#pool.take(segment.length);
    segment.copy(this.bytes, 0);
    this.length = segment.length;
  }

  #makeRoom(count: number): void {
    const old = this.bytes;
    const wanted = this.length + count;
    if (old === null) {
      this.bytes = this.#take(count);
      return;
    }
    if (wanted <= GATHERED_BYTES) {
      this.bytes = this.#pool.take(wanted);
      copyBytes(old, 0, this.length, this.bytes, 0);
      this.#pool.give(old);
      return;
    }
    if (!this.#isClosed) this.#writeOut();
    this.length = 0;
    if (this.bytes !== null && this.bytes.length >= count) return;
    if (this.bytes !== null) this.#pool.give(this.bytes);
    this.bytes = this.#take(count);
  }

  #take(count: number): Buffer {
    // What waits in a blocked transport waits long, and does not come back to the pool: it gets no spare room.
    return this.#isBlocked && count > GATHERED_BYTES ? Buffer.allocUnsafeSlow(count) : this.#pool.take(count);
  }

  #writeOut(): void {
    const segment = this.#segment;
    if (segment !== null) {
      this.#segment = null;
      this.#counters.bytesSent += segment.length;
      if (!this.#transport.write(segment)) this.#becomeBlocked(segment.length);
      return;
    }
    const bytes = this.bytes;
    if (bytes === null || this.length === 0) return;
    this.#counters.bytesSent += this.length;
    const taken = this.#transport.write(bytes.subarray(0, this.length));
    if (taken) this.#pool.give(bytes);
    else this.#becomeBlocked(this.length);
    this.length = 0;
    this.bytes = null;
  }

  #becomeBlocked(givenBytes: number): void {
    this.#isBlocked = true;
    this.#largestGiven = Math.max(this.#largestGiven, givenBytes);
  }
}
