/** Runs of one figure boiled down. */
export interface Summary {
  readonly median: number;
  /** (largest - smallest) / median: 0.1 reads "the runs lie within 10 %". NaN for a median of 0. */
  readonly spread: number;
  readonly runs: readonly number[];
}

/** Summarises at least one run; a figure that could not be measured (NaN) makes the median NaN. */
export function summaryOf(runs: readonly number[]): Summary {
  const sorted = [...runs].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  const lower = sorted.length % 2 === 0 ? (sorted[middle - 1] ?? Number.NaN) : upper;
  const isMeasured = !runs.some(Number.isNaN);
  const median = isMeasured ? (lower + upper) / 2 : Number.NaN;
  const spread = median === 0 ? Number.NaN : ((sorted.at(-1) ?? Number.NaN) - (sorted[0] ?? Number.NaN)) / median;
  return { median, spread, runs };
}
