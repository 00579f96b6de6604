/** Seconds over which a rate is taken. */
const WINDOW_SECONDS = 10;

/** A rate over the last ten seconds, from a counter that is looked at once a second. */
export class RateMeter {
  readonly #counts: number[] = [];

  /** @param count  the counter now */
  note(count: number): void {
    this.#counts.push(count);
    if (this.#counts.length > WINDOW_SECONDS + 1) this.#counts.shift();
  }

  /** A second. */
  get perSecond(): number {
    const seconds = this.#counts.length - 1;
    return seconds < 1 ? 0 : ((this.#counts[seconds] as number) - (this.#counts[0] as number)) / seconds;
  }
}
