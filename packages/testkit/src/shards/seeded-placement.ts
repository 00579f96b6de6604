/** Chooses shards for clients, at random and the same in every run: a linear congruential generator. */
export class SeededPlacement {
  #state: number;

  /** @param seed  a 32-bit number */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** @returns a number in [0, count) */
  next(count: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * count);
  }
}
