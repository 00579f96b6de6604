import type { ServerResponse } from 'node:http';
import { whenClosed } from './when-closed.ts';

/** Bytes that are sent together: a write costs as much as some fifty rows. */
const FULL_BYTES = 32_768;
/** Texts of which the bytes are counted before they are written. */
const LONG_CHARS = 2048;
/** Bytes of a UTF-16 unit in UTF-8 at most. */
const MAX_UNIT_BYTES = 3;

/** Whom a page was for went away; nobody is left to be answered. */
export class ReaderLeft extends Error {}

/**
 * The part of a long reply that is being filled. Texts are written into the same bytes all along: strings put together
 * and sent made a third of the garbage of a polled list.
 */
export class ReplyPage {
  readonly #response: ServerResponse;
  #bytes = Buffer.allocUnsafeSlow(FULL_BYTES + MAX_UNIT_BYTES * LONG_CHARS);
  #length = 0;
  #goOn: () => void = () => {};

  constructor(response: ServerResponse) {
    this.#response = response;
    // One listener a reply: an abort signal for each page would outlive every scavenge.
    whenClosed(response, () => this.#goOn());
  }

  /** It is time to send. */
  get isFull(): boolean {
    return this.#length >= FULL_BYTES;
  }

  /** Adds text, however long. */
  put(text: string): void {
    const bytes = text.length < LONG_CHARS ? text.length * MAX_UNIT_BYTES : Buffer.byteLength(text);
    if (bytes > this.#bytes.length - this.#length) this.#grow(this.#length + bytes);
    this.#length += this.#bytes.write(text, this.#length);
  }

  /** Sends the page; settles when the socket has taken it, so that the bytes can be used again. @throws ReaderLeft (rejects) */
  async send(): Promise<void> {
    this.#assertThere();
    await new Promise<void>((goOn) => {
      this.#goOn = goOn;
      this.#response.write(this.#bytes.subarray(0, this.#length), () => goOn());
    });
    this.#assertThere();
    this.#length = 0;
  }

  /** Ends the reply with what the page holds. */
  end(): void {
    this.#response.end(this.#bytes.subarray(0, this.#length));
  }

  #grow(length: number): void {
    const grown = Buffer.allocUnsafeSlow(2 * length);
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }

  #assertThere(): void {
    if (this.#response.destroyed || this.#response.closed) throw new ReaderLeft();
  }
}
