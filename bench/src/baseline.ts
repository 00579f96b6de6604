import { readFileSync, writeFileSync } from 'node:fs';
import { METRICS, type MetricName } from './metrics.ts';

/** A guarded ratio of ours to Mosquitto's, and how far it may get worse. */
export interface BaselineEntry {
  readonly ratio: number;
  /** 0.4 lets a ratio that should be high fall to 60 %, and one that should be low rise to 1 / 60 %. */
  readonly tolerance: number;
}

/** `baseline.json`: scenario name -> metric name -> entry. */
export interface Baseline {
  readonly scenarios: Readonly<Record<string, Partial<Readonly<Record<MetricName, BaselineEntry>>>>>;
}

/** A ratio as measured now. */
export interface MeasuredRatio {
  readonly scenario: string;
  readonly metric: MetricName;
  /** Median of ours divided by median of Mosquitto's. */
  readonly ratio: number;
}

/** What became of one guarded ratio. `new` has no baseline yet, `unknown` could not be measured. */
export interface Verdict extends MeasuredRatio {
  readonly outcome: 'held' | 'worse' | 'new' | 'unknown';
  readonly baseline: BaselineEntry | undefined;
  /** The value the ratio must not cross; NaN for `new`. */
  readonly limit: number;
}

const DEFAULT_TOLERANCE = 0.4;

/** Compares a measured ratio with its baseline. */
export function verdictOn(measured: MeasuredRatio, baseline: Baseline): Verdict {
  const entry = baseline.scenarios[measured.scenario]?.[measured.metric];
  if (entry === undefined) return { ...measured, outcome: 'new', baseline: undefined, limit: Number.NaN };
  const isHigherBetter = METRICS[measured.metric].better === 'higher';
  const kept = 1 - entry.tolerance;
  const limit = isHigherBetter ? entry.ratio * kept : entry.ratio / kept;
  const isWorse = isHigherBetter ? measured.ratio < limit : measured.ratio > limit;
  const outcome = Number.isFinite(measured.ratio) ? (isWorse ? 'worse' : 'held') : 'unknown';
  return { ...measured, outcome, baseline: entry, limit };
}

/** The baseline with the measured ratios in it; tolerances stay, a new entry gets 0.4. */
export function updatedBaseline(baseline: Baseline, measured: readonly MeasuredRatio[]): Baseline {
  const scenarios = { ...baseline.scenarios };
  for (const { scenario, metric, ratio } of measured) {
    if (!Number.isFinite(ratio)) continue;
    const before = scenarios[scenario] ?? {};
    const tolerance = before[metric]?.tolerance ?? DEFAULT_TOLERANCE;
    scenarios[scenario] = { ...before, [metric]: { ratio: Number(ratio.toPrecision(3)), tolerance } };
  }
  return { scenarios };
}

/** Reads a baseline file. @throws when it is there but no JSON */
export function readBaseline(path: string): Baseline {
  return JSON.parse(readFileSync(path, 'utf8')) as Baseline;
}

/** Writes a baseline file in the form Biome gives it. */
export function writeBaseline(path: string, baseline: Baseline): void {
  const text = JSON.stringify(baseline, undefined, 2);
  // Entries of two numbers read better on a line.
  writeFileSync(path, `${text.replace(/\{\s+("ratio": [^,]+),\s+("tolerance": [^\s}]+)\s+\}/g, '{ $1, $2 }')}\n`);
}
