import type { Arrival } from '../entry/arrival.ts';

/**
 * After so many milliseconds a handshake gives its slot back, though it goes on: it waits for its peer then and costs
 * us nothing. Otherwise as many silent peers as there are slots would keep everybody else out.
 */
export const SLOT_MS = 250;

/** Bounds the handshakes that are calculated at once. More wait in the order they came. */
export class HandshakeSlots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
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
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    };
    const timer = setTimeout(giveBack, SLOT_MS).unref();
    return giveBack;
  }
}
