import type { Arrival } from '../entry/arrival.ts';

/**
 * After so many milliseconds a handshake gives its slot back, though it goes on: it waits for its peer then and costs
 * us nothing. Otherwise as many silent peers as there are slots would keep everybody else out.
 */
export const SLOT_MS = 250;

/** Bounds the handshakes that are calculated at once. More wait in the order they came. */
export class HandshakeSlots {
  #count: number;
  /** Negative while more are taken than there are to be. */
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#count = count;
    this.#free = count;
  }

  /** Other slots, more or less; those that are taken stay so. */
  resize(count: number): void {
    this.#free += count - this.#count;
    this.#count = count;
    this.#serve();
  }

  /** Handshakes that wait for a slot. */
  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Waits for a slot. @returns what gives it back, to be called at the end; more calls do nothing */
  async take(arrival: Arrival): Promise<() => void> {
    if (this.#free > 0) {
      this.#free--;
    } else {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      arrival.restartTimer();
    }
    let isTaken = true;
    const giveBack = () => {
      if (!isTaken) return;
      isTaken = false;
      clearTimeout(timer);
      this.#free++;
      this.#serve();
    };
    const timer = setTimeout(giveBack, SLOT_MS).unref();
    return giveBack;
  }

  /** Free slots go to those that wait. */
  #serve(): void {
    while (this.#free > 0) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#free--;
      next();
    }
  }
}
