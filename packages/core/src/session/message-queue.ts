const STRIDE = 2;
const FIRST_CAPACITY = 16;

/** How much may wait; what is older goes first. */
export interface QueueBound {
  readonly messages: number;
  /** 0 = unlimited. */
  readonly bytes: number;
}

/**
 * Messages waiting for room in the inflight window, oldest first: a ring of records `[item, sequence]`.
 * Bounded by its owner, in messages and bytes; grows by doubling and never shrinks while it is used.
 */
export class MessageQueue {
  /** Bytes of the frames that wait; kept by the owner. */
  bytes = 0;
  /** There is no room for one more; kept by the owner, until one leaves. */
  isFull = false;
  #ring = new Int32Array(FIRST_CAPACITY * STRIDE);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Appends; the owner has checked the limits. */
  push(item: number, sequence: number): void {
    if (this.#length * STRIDE === this.#ring.length) this.#grow();
    const at = (this.#head + this.#length * STRIDE) % this.#ring.length;
    this.#ring[at] = item;
    this.#ring[at + 1] = sequence;
    this.#length++;
  }

  /** The oldest item; the queue must not be empty. */
  get firstItem(): number {
    return this.#ring[this.#head]!;
  }

  /** Its sequence. */
  get firstSequence(): number {
    return this.#ring[this.#head + 1]!;
  }

  /** Takes away the oldest; the queue must not be empty. */
  shift(): void {
    this.#head = (this.#head + STRIDE) % this.#ring.length;
    this.#length--;
    this.isFull = false;
  }

  #grow(): void {
    const old = this.#ring;
    this.#ring = new Int32Array(old.length * 2);
    this.#ring.set(old.subarray(this.#head));
    this.#ring.set(old.subarray(0, this.#head), old.length - this.#head);
    this.#head = 0;
  }
}
