interface Sample {
  readonly sequence: number;
  readonly atMs: number;
}

/** Samples kept; when there are more every other one goes, and later ones are twice as far apart. */
const MAX_SAMPLES = 512;
const FIRST_STEP_MS = 1;

/**
 * Tells how long the oldest message waits without a time for each message: now and then the number of the next message
 * is noted, and a message is as old as the note before it.
 */
export class BacklogAge {
  #samples: Sample[] = [];
  #stepMs = FIRST_STEP_MS;

  /** Notes the number that the next message will have. */
  note(nextSequence: number, nowMs: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && last.sequence === nextSequence) this.#samples.pop();
    else if (last !== undefined && nowMs - last.atMs < this.#stepMs) return;
    this.#samples.push({ sequence: nextSequence, atMs: nowMs });
    if (this.#samples.length <= MAX_SAMPLES) return;
    this.#samples = this.#samples.filter((_, i) => i % 2 === 0);
    this.#stepMs = Math.max(this.#stepMs * 2, (nowMs - (this.#samples[0]?.atMs ?? nowMs)) / MAX_SAMPLES);
  }

  /** Milliseconds; 0 when nothing waits. @param oldest  number of the oldest message, null = none */
  ageMs(oldest: number | null, nowMs: number): number {
    if (oldest === null) {
      this.#samples = this.#samples.slice(-1);
      this.#stepMs = FIRST_STEP_MS;
      return 0;
    }
    // Numbers wrap round like an Int32.
    const at = this.#samples.findLastIndex(({ sequence }) => ((oldest - sequence) | 0) >= 0);
    if (at > 0) this.#samples = this.#samples.slice(at);
    const sample = this.#samples[0];
    return sample === undefined ? 0 : Math.max(0, nowMs - sample.atMs);
  }
}
