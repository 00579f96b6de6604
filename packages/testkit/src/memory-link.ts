import type { MemoryTransport } from './memory-transport.ts';
import type { RawLink } from './raw-link.ts';

/** A link to a core in this process, which holds the other side of the transport. */
export class MemoryLink implements RawLink {
  onBytes: (() => void) | null = null;
  readonly settle: () => void;
  readonly #transport: MemoryTransport;

  /** @param settle  makes the core do what it has still to do; mostly `() => clock.runTurn()` */
  constructor(transport: MemoryTransport, settle: () => void) {
    this.#transport = transport;
    this.settle = settle;
    void transport.whenClosed.then(() => this.onBytes?.());
  }

  get isClosed(): boolean {
    return this.#transport.state === 'closed';
  }

  send(bytes: Buffer): void {
    this.#transport.send(bytes);
  }

  take(): Buffer {
    return this.#transport.take();
  }

  destroy(): void {
    this.#transport.resetByPeer();
  }
}
