import type { TransportEvents } from '@nanomq-ts/core';

/** Writes down what a transport tells. It keeps the bytes as they were during the call, then spoils the chunk. */
export class RecordedEvents implements TransportEvents {
  drainedCount = 0;
  closedCount = 0;
  /** Called with each chunk after it was written down, to react from inside `received`. */
  onReceived: (() => void) | undefined;
  readonly #chunks: Buffer[] = [];

  /** All bytes so far, in order. */
  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  received(chunk: Buffer, length: number): void {
    this.#chunks.push(Buffer.from(chunk.subarray(0, length)));
    // The port allows the callee to overwrite what it borrowed: no later read may show it.
    chunk.fill(0xdb, 0, length);
    this.onReceived?.();
  }

  drained(): void {
    this.drainedCount++;
  }

  closed(): void {
    this.closedCount++;
  }
}
