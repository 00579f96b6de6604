interface Sample {
  readonly sequence: number;
  readonly atMs: number;
}

/** Samples kept; beyond that every other one goes, so that the age of an old backlog becomes coarser. */
const MAX_SAMPLES = 512;

/**
 * Tells how long the oldest message waits without a time for each message: now and then the number of the next message
 * is noted, and a message is as old as the note before it.
 */
export class BacklogAge {
  #samples: Sample[] = [];

  /** Notes the number that the next message will have. */
  note(nextSequence: number, nowMs: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && last.sequence === nextSequence) this.#samples.pop();
    this.#samples.push({ sequence: nextSequence, atMs: nowMs });
    if (this.#samples.length > MAX_SAMPLES) this.#samples = this.#samples.filter((_, i) => i % 2 === 1);
  }

  /** Milliseconds; 0 when nothing waits. @param oldest  number of the oldest message, null = none */
  ageMs(oldest: number | null, nowMs: number): number {
    if (oldest === null) {
      this.#samples = this.#samples.slice(-1);
      return 0;
    }
    // Numbers wrap round like an Int32.
    const at = this.#samples.findLastIndex(({ sequence }) => ((oldest - sequence) | 0) >= 0);
    if (at > 0) this.#samples = this.#samples.slice(at);
    const sample = this.#samples[0];
    return sample === undefined ? 0 : Math.max(0, nowMs - sample.atMs);
  }
}
