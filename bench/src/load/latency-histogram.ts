const STEP_BITS = 6;
const STEPS_PER_OCTAVE = 2 ** STEP_BITS;
// Values below one octave of steps fill the first 64 buckets; exponents 6 to 31 take 64 each.
const BUCKETS = (32 - STEP_BITS + 1) * STEPS_PER_OCTAVE;

/**
 * Counts latencies in buckets that are exact below 64 µs and one sixty-fourth of an octave wide above (error <= 1.6 %).
 *
 * Shape: one array of 1,728 counters, bucket `octave * 64 + step`. Unit: whole microseconds, 0 to 2^32 - 1.
 */
export class LatencyHistogram {
  readonly #counts = new Float64Array(BUCKETS);
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
  const step = (micros >>> (exponent - STEP_BITS)) & (STEPS_PER_OCTAVE - 1);
  // Values 0 to 63 fill the first 64 buckets one by one, so octave 6 (64 to 127) begins at bucket 64.
  return (exponent - STEP_BITS + 1) * STEPS_PER_OCTAVE + step;
}

function lowerBoundOf(bucket: number): number {
  if (bucket < STEPS_PER_OCTAVE) return bucket;
  const exponent = Math.floor(bucket / STEPS_PER_OCTAVE) + STEP_BITS - 1;
  return (STEPS_PER_OCTAVE + (bucket % STEPS_PER_OCTAVE)) * 2 ** (exponent - STEP_BITS);
}
