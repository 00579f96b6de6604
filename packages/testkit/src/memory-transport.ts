import type { PeerCertificate, Transport, TransportEvents } from '@nanomq-ts/core';

/** Where a MemoryTransport claims to come from. */
export interface MemoryTransportOptions {
  /** Default `127.0.0.1`. */
  readonly remoteAddress?: string;
  /** Default 50000. */
  readonly remotePort?: number;
  /** Default `tcp:default`. */
  readonly listener?: string;
  /** Default null: the client showed none. */
  readonly peerCertificate?: PeerCertificate | null;
}

/** `ending`: the core has called `end` and bytes still wait. */
export type MemoryTransportState = 'open' | 'ending' | 'closed';

/**
 * A connection without a socket, for behaviour tests: the core holds it as its Transport, the test plays the peer
 * with `send`, `take`, `congest`, `relieve`, `closeByPeer` and `resetByPeer`.
 *
 * What the peer does reaches the core before the call returns. As with a socket, `closed` is never called inside
 * `end` or `destroy`, but in a microtask after (`whenClosed` waits for it).
 */
export class MemoryTransport implements Transport {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly listener: string;
  readonly peerCertificate: PeerCertificate | null;
  /** Settled when `closed` has been called. */
  readonly whenClosed: Promise<void>;
  #state: MemoryTransportState = 'open';
  #isPaused = false;
  #isCongested = false;
  #hasPeerEnded = false;
  #events: TransportEvents | undefined;
  #settleClosed: () => void = () => {};
  /** Sent by the peer while reading was paused. */
  #unread: Buffer[] = [];
  /** Written while congested: by reference, as the port says that the transport owns them. */
  #waiting: Buffer[] = [];
  #taken: Buffer[] = [];

  constructor(options: MemoryTransportOptions = {}) {
    this.remoteAddress = options.remoteAddress ?? '127.0.0.1';
    this.remotePort = options.remotePort ?? 50000;
    this.listener = options.listener ?? 'tcp:default';
    this.peerCertificate = options.peerCertificate ?? null;
    this.whenClosed = new Promise((resolve) => {
      this.#settleClosed = resolve;
    });
  }

  // What the test sees and does

  get state(): MemoryTransportState {
    return this.#state;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  get isCongested(): boolean {
    return this.#isCongested;
  }

  /** What has arrived at the peer and was not taken yet. */
  get sent(): Buffer {
    return Buffer.concat(this.#taken);
  }

  /** Says who receives the events; to be called before anything else. */
  attach(events: TransportEvents): void {
    this.#events = events;
  }

  /** The peer sends bytes: the core has received them when this returns, unless it paused or ended. */
  send(bytes: Uint8Array): void {
    if (this.#state !== 'open' || this.#hasPeerEnded || bytes.length === 0) return;
    this.#unread.push(Buffer.from(bytes));
    this.#deliver();
  }

  /** Returns what has arrived at the peer since the last call. */
  take(): Buffer {
    const bytes = this.sent;
    this.#taken = [];
    return bytes;
  }

  /** The peer stops reading: writes wait from now on. */
  congest(): void {
    this.#isCongested = true;
  }

  /** The peer reads again: what waits arrives, and `drained` is called if anything did. */
  relieve(): void {
    if (!this.#isCongested) return;
    this.#isCongested = false;
    if (this.#state === 'closed' || this.#waiting.length === 0) return;
    this.#taken.push(...this.#waiting.map((bytes) => Buffer.from(bytes)));
    this.#waiting = [];
    if (this.#state === 'ending') this.#close();
    else this.#events?.drained();
  }

  /** The peer says that it is done (FIN). What waits still arrives, then the connection is over. */
  closeByPeer(): void {
    this.#hasPeerEnded = true;
    this.#deliver();
  }

  /** The connection breaks (RST). */
  resetByPeer(): void {
    if (this.#state !== 'closed') this.#close();
  }

  // What the core does

  get pendingBytes(): number {
    return this.#waiting.reduce((sum, bytes) => sum + bytes.length, 0);
  }

  write(bytes: Buffer): boolean {
    if (this.#state !== 'open') return true;
    if (this.#isCongested) {
      this.#waiting.push(bytes);
      return false;
    }
    this.#taken.push(Buffer.from(bytes));
    return true;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    queueMicrotask(() => this.#deliver());
  }

  end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    if (this.#waiting.length === 0) queueMicrotask(() => this.#close());
  }

  destroy(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    queueMicrotask(() => this.#close());
  }

  /** Hands over what the peer sent, each chunk from memory that is spoiled after the call: it is borrowed. */
  #deliver(): void {
    while (this.#state === 'open' && !this.#isPaused) {
      const chunk = this.#unread.shift();
      if (chunk === undefined) break;
      this.#events?.received(chunk, chunk.length);
      chunk.fill(0xdb);
    }
    if (!this.#hasPeerEnded || this.#isPaused || this.#state !== 'open') return;
    this.#state = 'ending';
    if (this.#waiting.length === 0) this.#close();
  }

  #close(): void {
    const events = this.#events;
    this.#state = 'closed';
    this.#waiting = [];
    this.#unread = [];
    this.#events = undefined;
    events?.closed();
    this.#settleClosed();
  }
}
