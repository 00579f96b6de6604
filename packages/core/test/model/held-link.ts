import type { RawLink } from '@nanomq-ts/testkit';

/** A link that can hold back what the client sends, to send it as one chunk or not at all. */
export class HeldLink implements RawLink {
  readonly settle: () => void;
  readonly #link: RawLink;
  #held: Buffer[] | null = null;

  constructor(link: RawLink) {
    this.#link = link;
    this.settle = () => link.settle?.();
  }

  get onBytes(): (() => void) | null {
    return this.#link.onBytes;
  }

  set onBytes(listener: (() => void) | null) {
    this.#link.onBytes = listener;
  }

  get isClosed(): boolean {
    return this.#link.isClosed;
  }

  /** Keeps what is sent from now on. */
  hold(): void {
    this.#held = [];
  }

  /** Sends what was kept in one chunk. */
  release(): void {
    const held = this.#held;
    this.#held = null;
    if (held !== null && held.length > 0) this.#link.send(Buffer.concat(held));
  }

  send(bytes: Buffer): void {
    if (this.#held === null) this.#link.send(bytes);
    else this.#held.push(bytes);
  }

  take(): Buffer {
    return this.#link.take();
  }

  destroy(): void {
    this.#link.destroy();
  }
}
