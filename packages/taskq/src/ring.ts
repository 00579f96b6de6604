import { ByteStage } from './byte-stage.ts';
import { RecordAssembly, type RecordSink } from './record-assembly.ts';

/** Room for bytes in a ring when nothing else is asked for. A larger one measured no faster and keeps more memory. */
export const DEFAULT_RING_BYTES = 256 * 1024;

const MIN_RING_BYTES = 4096;
const MAX_RING_BYTES = 1 << 30;

// Int32 words of the header, 128 bytes apart: processors fetch lines of 64 bytes in pairs, and two threads that write
// to one pair slow each other down.
const TAIL = 0;
const HEAD = 32;
const SLEEPS = 64;
const WAITS = 96;
const HEADER_BYTES = 512;

/** Above half of the ring, what one turn has staged pauses those who publish. */
const FULL_SHIFT = 1;

/**
 * The shared memory of a ring; may be posted to another thread.
 *
 * Layout: 512 bytes of header, then the bytes, a power of two of them. Header, as Int32 at byte 0 *tail*: bytes ever
 * written, modulo 2^32; 128 *head*: bytes ever read, likewise; 256 *sleeps*: 1 = the reader wants to be woken when
 * there is more; 384 *waits*: 1 = the writer wants to be woken when there is room. Position p lies at byte p modulo
 * size; bytes from head to tail are the reader's, the others the writer's.
 */
export interface RingMemory {
  readonly shared: SharedArrayBuffer;
}

/**
 * Makes a ring for one writer and one reader. Pages that nothing was written to cost no memory.
 * @param dataBytes  room for bytes, a power of two from 4096 to 2^30
 * @throws RangeError when it is not
 */
export function createRing(dataBytes: number = DEFAULT_RING_BYTES): RingMemory {
  const isWithin = dataBytes >= MIN_RING_BYTES && dataBytes <= MAX_RING_BYTES;
  if (!isWithin || !Number.isInteger(Math.log2(dataBytes))) {
    throw new RangeError(`a ring of ${dataBytes} bytes: expected a power of two from 4096 to 2^30`);
  }
  const bytes = HEADER_BYTES + dataBytes;
  // One that could grow gets pages of its own from the system. Other memory is often used memory that has to be cleared:
  // half of every ring was resident before its first byte, 2 MB a shard with 8 shards.
  const shared = new SharedArrayBuffer(bytes, { maxByteLength: bytes });
  // Whoever reads has not looked yet, so the first commit has to wake it.
  new Int32Array(shared)[SLEEPS] = 1;
  return { shared };
}

/**
 * The writing end of a ring. Records are staged in memory of this thread and go over in one copy when they are
 * committed: writing each of them straight into shared memory costs up to eight times as much for every byte, since V8
 * copies to and from shared memory byte by byte unless both sides are aligned alike (measured: 4 instead of 33 GB/s).
 * What finds no room stays staged, in order; nothing is dropped.
 *
 * Memory order. All accesses to the header words are sequentially consistent (Atomics), so there is one order of them
 * all that both threads see. *Bytes*: the writer copies, then stores `tail`; the reader loads `tail`, then copies, so
 * it sees whole what it is told of; likewise the reader copies, then stores `head`, and the writer overwrites only what
 * `head` has passed. *Sleep*: the reader stores `sleeps`, then loads `tail`; the writer stores `tail`, then loads
 * `sleeps`. Whichever came last in the one order sees what the other did, so bytes are never left without a reader that
 * knows. `waits` and `head` do the same for room. Who exchanges a flag from 1 to 0 wakes: exactly one.
 */
export class RingWriter {
  readonly #words: Int32Array;
  readonly #data: Buffer;
  readonly #wakeReader: () => void;
  readonly #wakeSelf: () => void;
  readonly #stage = new ByteStage();
  #tail: number;
  /** `head` as it was when this end last had to know. */
  #head: number;
  #isFull = false;

  /**
   * @param memory      a ring that nobody else writes to
   * @param wakeReader  called by `commit` when the reader sleeps: makes its thread poll soon
   * @param wakeSelf    makes this thread call `drain` soon, and never from within the call
   */
  constructor(memory: RingMemory, wakeReader: () => void, wakeSelf: () => void) {
    this.#words = new Int32Array(memory.shared, 0, HEADER_BYTES / 4);
    this.#data = Buffer.from(memory.shared, HEADER_BYTES);
    this.#wakeReader = wakeReader;
    this.#wakeSelf = wakeSelf;
    this.#tail = Atomics.load(this.#words, TAIL);
    this.#head = Atomics.load(this.#words, HEAD);
  }

  /** Where the record reserved last is to be written. */
  get bytes(): Buffer {
    return this.#stage.bytes;
  }

  /** True from when something was reserved for which there was no room until `drain` has told that there is again. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /**
   * Makes room for a record, to be written to `bytes` before anything else is called.
   * @param size  bytes, a multiple of 8
   * @returns where it begins in `bytes`, a multiple of 8
   */
  reserve(size: number): number {
    const at = this.#stage.reserve(size);
    // Now and not at the commit: what must not be answered before it has gone off is looked at in between.
    const { length } = this.#stage;
    if (length > this.#data.length >> FULL_SHIFT || length > this.#roomFor(length)) this.#isFull = true;
    return at;
  }

  /** Sends off what is staged, as far as there is room, and wakes the reader if it sleeps. */
  commit(): void {
    if (this.#stage.length > 0) {
      this.#move();
      if (this.#stage.length > 0) this.#isFull = true;
    }
    // The reader has made room already and wakes nobody: `drain` has to tell all the same.
    if (this.#isFull && this.#hasRoom()) this.#wakeSelf();
  }

  /**
   * Goes on with what found no room; to be called whenever the thread was woken, costs nothing otherwise.
   * @returns true when it was full and is not any more
   */
  drain(): boolean {
    if (!this.#isFull || !this.#hasRoom()) return false;
    this.#isFull = false;
    return true;
  }

  /**
   * Whether nothing is staged and half of the ring is free; if not, the reader wakes this thread when it has read on.
   * Ends: a reader reads on only to the `tail` that it saw when it began.
   */
  #hasRoom(): boolean {
    for (;;) {
      this.#move();
      const used = (this.#tail - this.#head) | 0;
      if (this.#stage.length === 0 && used <= this.#data.length >> FULL_SHIFT) return true;
      Atomics.store(this.#words, WAITS, 1);
      const head = Atomics.load(this.#words, HEAD);
      if (head === this.#head) return false;
      this.#head = head;
    }
  }

  /** @returns bytes that have room; how far the reader is by now is looked at when `wanted` have none otherwise */
  #roomFor(wanted: number): number {
    const { length: capacity } = this.#data;
    const room = capacity - ((this.#tail - this.#head) | 0);
    if (room >= wanted) return room;
    this.#head = Atomics.load(this.#words, HEAD);
    return capacity - ((this.#tail - this.#head) | 0);
  }

  #move(): void {
    const { length: capacity } = this.#data;
    let room = this.#roomFor(this.#stage.length);
    let tail = this.#tail;
    while (room > 0 && this.#stage.length > 0) {
      const at = tail & (capacity - 1);
      const moved = this.#stage.moveTo(this.#data, at, Math.min(room, capacity - at));
      tail = (tail + moved) | 0;
      room -= moved;
    }
    if (tail === this.#tail) return;
    this.#tail = tail;
    Atomics.store(this.#words, TAIL, tail);
    if (isRaised(this.#words, SLEEPS)) this.#wakeReader();
  }
}

/**
 * The reading end of a ring. What has arrived is copied to memory of this thread in large pieces and handed out from
 * there, so the writer has its room back before the records are handled, and what the sink copies on is not shared.
 */
export class RingReader {
  readonly #words: Int32Array;
  readonly #data: Buffer;
  readonly #wakeWriter: () => void;
  readonly #wakeSelf: () => void;
  readonly #assembly = new RecordAssembly();
  #head: number;
  #isReading = false;

  /**
   * @param memory      a ring that nobody else reads from
   * @param wakeWriter  called when there is room again and the writer waits for it: makes its thread call `drain` soon
   * @param wakeSelf    makes this thread poll soon, and never from within the call
   */
  constructor(memory: RingMemory, wakeWriter: () => void, wakeSelf: () => void) {
    this.#words = new Int32Array(memory.shared, 0, HEADER_BYTES / 4);
    this.#data = Buffer.from(memory.shared, HEADER_BYTES);
    this.#wakeWriter = wakeWriter;
    this.#wakeSelf = wakeSelf;
    this.#head = Atomics.load(this.#words, HEAD);
  }

  /**
   * Hands out every record that was committed before the call, each once and in order. What the writer adds meanwhile
   * is for another poll: a busy writer must not keep this thread from its sockets. Called from within `sink` it does
   * nothing. What `sink` throws goes through and leaves the ring unusable: a broken invariant.
   * @returns true when there was something: from then on the writer wakes nobody, until `sleep`
   */
  poll(sink: RecordSink): boolean {
    if (this.#isReading) return false;
    const tail = Atomics.load(this.#words, TAIL);
    if (tail === this.#head) return false;
    this.#isReading = true;
    Atomics.store(this.#words, SLEEPS, 0);
    while (this.#head !== tail) {
      this.#take(tail);
      this.#assembly.handOut(sink);
    }
    this.#isReading = false;
    return true;
  }

  /** This thread looks no more by itself: from now on it is woken, by the writer or at once for what is there by now. */
  sleep(): void {
    if (Atomics.load(this.#words, SLEEPS) === 1) return;
    Atomics.store(this.#words, SLEEPS, 1);
    if (Atomics.load(this.#words, TAIL) !== this.#head && isRaised(this.#words, SLEEPS)) this.#wakeSelf();
  }

  #take(tail: number): void {
    const { length: capacity } = this.#data;
    const at = this.#head & (capacity - 1);
    const available = Math.min((tail - this.#head) | 0, capacity - at);
    const taken = this.#assembly.add(this.#data, at, available);
    this.#head = (this.#head + taken) | 0;
    Atomics.store(this.#words, HEAD, this.#head);
    if (isRaised(this.#words, WAITS)) this.#wakeWriter();
  }
}

/** The shared memory of a bell, one Int32: 1 = rung and not answered yet. May be posted to another thread. */
export interface BellMemory {
  readonly shared: SharedArrayBuffer;
}

export function createBell(): BellMemory {
  return { shared: new SharedArrayBuffer(4) };
}

/**
 * Wakes one thread on behalf of all others with no more than one message under way: each costs both sides some
 * microseconds, and its owner looks at all rings anyhow. Whoever rings stores what is new before, and the owner answers
 * before it looks: a ring that posts nothing came before an answer that comes before a look.
 */
export class Bell {
  readonly #word: Int32Array;
  readonly #post: () => void;

  /** @param post  sends the owner a message from this thread */
  constructor(memory: BellMemory, post: () => void) {
    this.#word = new Int32Array(memory.shared);
    this.#post = post;
  }

  ring(): void {
    if (Atomics.exchange(this.#word, 0, 1) === 0) this.#post();
  }

  /**
   * For the owner, when the message has come, before it polls. Also when another thread has died: that one may have
   * rung and not posted any more.
   */
  answer(): void {
    Atomics.store(this.#word, 0, 0);
  }
}

/** Never changed: whoever waits for it to change sleeps. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** Lets this thread do nothing for so long, in milliseconds: other threads get what comes meanwhile. */
export function sleepThread(ms: number): void {
  Atomics.wait(NEVER, 0, 0, ms);
}

/** Takes a flag down. A load first, since an exchange costs even when nothing is to be done. */
function isRaised(words: Int32Array, flag: number): boolean {
  return Atomics.load(words, flag) === 1 && Atomics.exchange(words, flag, 0) === 1;
}
