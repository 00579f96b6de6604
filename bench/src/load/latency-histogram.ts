const STEPS_PER_OCTAVE = 16;
const OCTAVES = 32;

/**
 * Counts latencies in buckets that are exact below 16 µs and one sixteenth of an octave wide above (error <= 6.25 %).
 *
 * Shape: one array of 512 counters, bucket `octave * 16 + step`. Unit: whole microseconds, 0 to 2^32 - 1.
 */
export class LatencyHistogram {
  readonly #counts = new Float64Array(OCTAVES * STEPS_PER_OCTAVE);
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** Counts one latency. @param micros unsigned 32-bit whole microseconds */
  record(micros: number): void {
    this.#counts[bucketOf(micros)]! += 1;
    this.#total += 1;
  }

  /**
   * The latency that the share `quantile` of the recorded ones did not exceed: the lower bound of its bucket.
   * @param quantile 0 to 1
   * @returns microseconds, NaN when nothing was recorded
   */
  quantile(quantile: number): number {
    if (this.#total === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil(quantile * this.#total));
    let seen = 0;
    for (let bucket = 0; bucket < this.#counts.length; bucket += 1) {
      seen += this.#counts[bucket]!;
      if (seen >= rank) return lowerBoundOf(bucket);
    }
    return Number.NaN;
  }
}

function bucketOf(micros: number): number {
  if (micros < STEPS_PER_OCTAVE) return micros;
  const exponent = 31 - Math.clz32(micros);
  const step = (micros >>> (exponent - 4)) & (STEPS_PER_OCTAVE - 1);
  // Values 0 to 15 fill the first 16 buckets one by one, so octave 4 (16 to 31) begins at bucket 16.
  return (exponent - 3) * STEPS_PER_OCTAVE + step;
}

function lowerBoundOf(bucket: number): number {
  if (bucket < STEPS_PER_OCTAVE) return bucket;
  const exponent = Math.floor(bucket / STEPS_PER_OCTAVE) + 3;
  return (STEPS_PER_OCTAVE + (bucket % STEPS_PER_OCTAVE)) * 2 ** (exponent - 4);
}
