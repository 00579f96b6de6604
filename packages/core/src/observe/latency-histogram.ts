/** Upper bounds of the buckets but the last, in milliseconds. */
const BOUNDS_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000] as const;

/** Counts how long something took. `atOnce` is for the message path: what took no time costs one addition. */
export class LatencyHistogram {
  /** Observations of 0 ms that were not given to `add`. */
  atOnce = 0;
  readonly #counts = new Array<number>(BOUNDS_MS.length + 1).fill(0);
  #sumMs = 0;

  /** @param ms  milliseconds; a clock that steps back counts as 0 */
  add(ms: number): void {
    const took = Math.max(0, ms);
    const bucket = BOUNDS_MS.findIndex((bound) => took <= bound);
    this.#counts[bucket < 0 ? BOUNDS_MS.length : bucket]!++;
    this.#sumMs += took;
  }

  /** A copy: `counts[i]` were at most `boundsMs[i]` and in no earlier bucket; the last count has no bound. */
  snapshot(): { readonly boundsMs: readonly number[]; readonly counts: readonly number[]; readonly sumMs: number } {
    const [first, ...others] = this.#counts as [number, ...number[]];
    return { boundsMs: BOUNDS_MS, counts: [first + this.atOnce, ...others], sumMs: this.#sumMs };
  }
}
