const FIRST_SPREAD_MS = 2000;

/**
 * Pauses between attempts to connect: the first within 2 s, then doubling up to the longest, each spread at random over
 * its second half so that bridges of one outage do not come back together.
 */
export class ReconnectDelay {
  readonly #random: () => number;
  #attempts = 0;

  /** @param random  0 to 1, as `Math.random` */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** The next pause, milliseconds. */
  next(longestMs: number): number {
    const attempt = this.#attempts++;
    if (attempt === 0) return Math.min(this.#random() * FIRST_SPREAD_MS, longestMs);
    const pauseMs = Math.min(1000 * 2 ** Math.min(attempt, 20), longestMs);
    return pauseMs / 2 + (this.#random() * pauseMs) / 2;
  }

  /** It was connected for a while. */
  reset(): void {
    this.#attempts = 0;
  }
}
