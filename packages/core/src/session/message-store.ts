/** Reference to a stored message; a small integer, reused after the last release. */
export type MessageHandle = number;

/** Bytes of one page; messages above a quarter of it get a page of their own. */
const PAGE_BYTES = 256 * 1024;
const OWN_PAGE_BYTES = PAGE_BYTES / 4;
const SPARE_PAGES = 4;
/**
 * Compaction starts when pages hold this many times the live bytes, above a floor that keeps it rare. It leaves at
 * most twice the live bytes and a page, so live bytes must halve, or pages grow by the floor, before the next one.
 */
const COMPACT_RATIO = 4;
const COMPACT_FLOOR_BYTES = 8 * 1024 * 1024;
const FIRST_HANDLES = 1024;
const NO_PAGE = -1;

/** No deadline: the message does not expire. */
export const NEVER_EXPIRES = 0;

/**
 * QoS 1 and 2 frames kept until every receiver has acknowledged them: bytes in pages, everything else in typed
 * arrays indexed by handle, counted references. Storing and releasing allocate nothing in the steady state.
 *
 * A message is a whole PUBLISH frame in the layout of its receivers (protocol version, subscription identifiers)
 * with room for the packet identifier; the sender patches first byte, identifier and remaining expiry.
 * Handles are indirect, so sparse pages can be compacted under messages that wait for long.
 */
export class MessageStore {
  readonly #pages: (Buffer | null)[] = [];
  readonly #pageLiveBytes: number[] = [];
  readonly #freePageIndexes: number[] = [];
  readonly #spares: Buffer[] = [];
  #current = NO_PAGE;
  #currentUsed = 0;
  #pageBytes = 0;
  #liveBytes = 0;

  #page = new Int32Array(FIRST_HANDLES).fill(NO_PAGE);
  #offset = new Int32Array(FIRST_HANDLES);
  #length = new Int32Array(FIRST_HANDLES);
  #references = new Int32Array(FIRST_HANDLES);
  /** packetIdAt * 2 + (1 for MQTT 5.0 layout). */
  #layout = new Int32Array(FIRST_HANDLES);
  #expiryAt = new Int32Array(FIRST_HANDLES);
  #deadlineMs = new Float64Array(FIRST_HANDLES);
  #freeHandles = new Int32Array(FIRST_HANDLES);
  #freeCount = 0;
  #handleCount = 0;

  /** Bytes of messages held. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  /** Bytes of memory taken for them. */
  get reservedBytes(): number {
    return this.#pageBytes;
  }

  /** Messages held. */
  get size(): number {
    return this.#handleCount - this.#freeCount;
  }

  /** Reserves `bytes` for a frame, with one reference. The caller writes the frame at `bufferOf`/`offsetOf`. */
  allocate(bytes: number, packetIdAt: number, isVersion5: boolean): MessageHandle {
    const handle = this.#freeCount > 0 ? this.#freeHandles[--this.#freeCount]! : this.#newHandle();
    this.#place(handle, bytes);
    this.#references[handle] = 1;
    this.#layout[handle] = packetIdAt * 2 + (isVersion5 ? 1 : 0);
    this.#deadlineMs[handle] = NEVER_EXPIRES;
    this.#liveBytes += bytes;
    if (this.#pageBytes > COMPACT_FLOOR_BYTES && this.#pageBytes > COMPACT_RATIO * this.#liveBytes) this.#compact();
    return handle;
  }

  /** Corrects where the packet identifier stands, for a frame whose layout is known only after writing it. */
  setPacketIdAt(handle: MessageHandle, packetIdAt: number): void {
    this.#layout[handle] = packetIdAt * 2 + (this.#layout[handle]! & 1);
  }

  /** States when the message expires and where in the frame its Message Expiry Interval stands. */
  setExpiry(handle: MessageHandle, deadlineMs: number, expiryAt: number): void {
    this.#deadlineMs[handle] = deadlineMs;
    this.#expiryAt[handle] = expiryAt;
  }

  /** The page; valid until the next `allocate`, which may compact. */
  bufferOf(handle: MessageHandle): Buffer {
    return this.#pages[this.#page[handle]!] as Buffer;
  }

  /** Offset of the frame's first byte in `bufferOf`; valid as long. */
  offsetOf(handle: MessageHandle): number {
    return this.#offset[handle]!;
  }

  /** Bytes of the frame. */
  lengthOf(handle: MessageHandle): number {
    return this.#length[handle]!;
  }

  /** Offset of the packet identifier from the frame's first byte. */
  packetIdAt(handle: MessageHandle): number {
    return this.#layout[handle]! >> 1;
  }

  /** The frame has the layout of MQTT 5.0. */
  isVersion5(handle: MessageHandle): boolean {
    return (this.#layout[handle]! & 1) === 1;
  }

  /** Offset of the Message Expiry Interval from the frame's first byte; meaningful when there is a deadline. */
  expiryAt(handle: MessageHandle): number {
    return this.#expiryAt[handle]!;
  }

  /** Milliseconds since 1970, or NEVER_EXPIRES. */
  deadlineMs(handle: MessageHandle): number {
    return this.#deadlineMs[handle]!;
  }

  /** Counts one more reference. */
  retain(handle: MessageHandle): void {
    this.#references[handle] = this.#references[handle]! + 1;
  }

  /** Gives back one reference; with the last one the message is gone and the handle free for another. */
  release(handle: MessageHandle): void {
    const left = this.#references[handle]! - 1;
    this.#references[handle] = left;
    if (left > 0) return;
    const bytes = this.#length[handle]!;
    this.#liveBytes -= bytes;
    this.#leavePage(this.#page[handle]!, bytes);
    this.#page[handle] = NO_PAGE;
    this.#freeHandles[this.#freeCount++] = handle;
  }

  #place(handle: MessageHandle, bytes: number): void {
    this.#length[handle] = bytes;
    if (bytes > OWN_PAGE_BYTES) {
      const page = this.#addPage(Buffer.allocUnsafeSlow(bytes));
      this.#page[handle] = page;
      this.#offset[handle] = 0;
      this.#pageLiveBytes[page] = bytes;
      return;
    }
    if (this.#current === NO_PAGE || this.#currentUsed + bytes > PAGE_BYTES) this.#nextPage();
    this.#page[handle] = this.#current;
    this.#offset[handle] = this.#currentUsed;
    this.#currentUsed += bytes;
    this.#pageLiveBytes[this.#current] = this.#pageLiveBytes[this.#current]! + bytes;
  }

  #nextPage(): void {
    const full = this.#current;
    this.#current = this.#addPage(this.#spares.pop() ?? Buffer.allocUnsafeSlow(PAGE_BYTES));
    this.#currentUsed = 0;
    if (full !== NO_PAGE && this.#pageLiveBytes[full] === 0) this.#dropPage(full);
  }

  #addPage(page: Buffer): number {
    const index = this.#freePageIndexes.pop() ?? this.#pages.length;
    this.#pages[index] = page;
    this.#pageLiveBytes[index] = 0;
    this.#pageBytes += page.length;
    return index;
  }

  #leavePage(index: number, bytes: number): void {
    const left = this.#pageLiveBytes[index]! - bytes;
    this.#pageLiveBytes[index] = left;
    if (left > 0) return;
    if (index === this.#current) this.#currentUsed = 0;
    else this.#dropPage(index);
  }

  #dropPage(index: number): void {
    const page = this.#pages[index] as Buffer;
    this.#pages[index] = null;
    this.#freePageIndexes.push(index);
    this.#pageBytes -= page.length;
    if (page.length === PAGE_BYTES && this.#spares.length < SPARE_PAGES) this.#spares.push(page);
  }

  /** Moves what is left in pages less than half full. */
  #compact(): void {
    this.#current = NO_PAGE;
    const sparse = this.#pageLiveBytes.map((live, i) => this.#pages[i]?.length === PAGE_BYTES && live * 2 < PAGE_BYTES);
    for (let handle = 0; handle < this.#handleCount; handle++) {
      const page = this.#page[handle]!;
      if (page !== NO_PAGE && sparse[page] === true) this.#move(handle, page);
    }
    for (let i = 0; i < sparse.length; i++) {
      if (sparse[i] === true && this.#pages[i] != null && this.#pageLiveBytes[i] === 0) this.#dropPage(i);
    }
  }

  #move(handle: MessageHandle, page: number): void {
    const from = this.#pages[page] as Buffer;
    const offset = this.#offset[handle]!;
    const bytes = this.#length[handle]!;
    this.#place(handle, bytes);
    from.copy(this.bufferOf(handle), this.#offset[handle]!, offset, offset + bytes);
    this.#pageLiveBytes[page] = this.#pageLiveBytes[page]! - bytes;
  }

  #newHandle(): MessageHandle {
    if (this.#handleCount === this.#page.length) this.#growHandles();
    return this.#handleCount++;
  }

  #growHandles(): void {
    const size = this.#page.length * 2;
    const grown = (old: Int32Array) => {
      const larger = new Int32Array(size);
      larger.set(old);
      return larger;
    };
    const filled = this.#page.length;
    this.#page = grown(this.#page).fill(NO_PAGE, filled);
    this.#offset = grown(this.#offset);
    this.#length = grown(this.#length);
    this.#references = grown(this.#references);
    this.#layout = grown(this.#layout);
    this.#expiryAt = grown(this.#expiryAt);
    this.#freeHandles = grown(this.#freeHandles);
    const deadlines = new Float64Array(size);
    deadlines.set(this.#deadlineMs);
    this.#deadlineMs = deadlines;
  }
}
