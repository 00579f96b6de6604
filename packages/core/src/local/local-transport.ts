import type { Transport } from '../ports/transport.ts';
import type { LocalInbox } from './local-inbox.ts';

/**
 * The way to a receiver in this process. Takes bytes while the inbox has room; after that they wait here as on a slow
 * network, so that the rules for slow receivers hold for this one too.
 */
export class LocalTransport implements Transport {
  readonly remoteAddress = '';
  readonly remotePort = 0;
  readonly listener = 'local';
  readonly peerCertificate = null;
  readonly #inbox: LocalInbox;
  readonly #wake: () => void;
  #waiting: Buffer[] = [];
  #pendingBytes = 0;
  #isClosed = false;
  #isWaking = false;

  /** @param wake  called soon after the inbox got messages, with nothing of the broker on the call stack */
  constructor(inbox: LocalInbox, wake: () => void) {
    this.#inbox = inbox;
    this.#wake = wake;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  write(bytes: Buffer): boolean {
    if (this.#isClosed) return true;
    if (this.#waiting.length === 0 && !this.#inbox.isFull) {
      this.#inbox.read(bytes);
      this.#wakeSoon();
      return true;
    }
    this.#waiting.push(bytes);
    this.#pendingBytes += bytes.length;
    return false;
  }

  /**
   * Moves what waits into the inbox while that has room.
   * @returns true when something waited and nothing does any more: the connection is to be told that it drained
   */
  relieve(): boolean {
    if (this.#waiting.length === 0) return false;
    let moved = 0;
    while (moved < this.#waiting.length && !this.#inbox.isFull) this.#move(this.#waiting[moved++] as Buffer);
    if (moved > 0) this.#waiting = this.#waiting.slice(moved);
    return this.#waiting.length === 0;
  }

  /** Moves all that waits into the inbox, whatever its room, and takes no more. */
  close(): void {
    for (const bytes of this.#waiting) this.#move(bytes);
    this.#waiting = [];
    this.#isClosed = true;
  }

  /** Nothing is ever read from a receiver. */
  pause(): void {}

  resume(): void {}

  end(): void {
    this.close();
  }

  destroy(): void {
    this.close();
  }

  /** Not from within `write`: who takes a message makes room for the next, which the out-buffer could not take now. */
  #wakeSoon(): void {
    if (this.#isWaking) return;
    this.#isWaking = true;
    queueMicrotask(() => {
      this.#isWaking = false;
      this.#wake();
    });
  }

  #move(bytes: Buffer): void {
    this.#pendingBytes -= bytes.length;
    this.#inbox.read(bytes);
  }
}
