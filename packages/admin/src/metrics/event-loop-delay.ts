import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** Distance of the samples in milliseconds; their values hold it, what exceeds it is the delay. */
const RESOLUTION_MS = 20;
const BOUNDS_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500] as const;
const NS_PER_MS = 1_000_000;

/** Delays of the event loop since the process began to look. */
export interface DelayHistogram {
  readonly boundsMs: readonly number[];
  /** `counts[i]` were at most `boundsMs[i]` and in no earlier bucket; the last count has no bound. */
  readonly counts: readonly number[];
  readonly sumMs: number;
}

/** What is used of Node's histogram. Values in nanoseconds. */
export type DelaySource = Pick<IntervalHistogram, 'count' | 'mean' | 'percentile' | 'reset'>;

/** Turns Node's histogram, which knows percentiles, into counts by bucket that only grow. */
export class EventLoopDelay {
  readonly #source: DelaySource;
  readonly #counts = new Array<number>(BOUNDS_MS.length + 1).fill(0);
  #sumMs = 0;

  constructor(source: DelaySource) {
    this.#source = source;
  }

  /** Takes over what was sampled since the last call. */
  snapshot(): DelayHistogram {
    const { count, mean } = this.#source;
    if (count > 0) {
      let before = 0;
      BOUNDS_MS.forEach((bound, i) => {
        const upTo = this.#countUpTo((bound + RESOLUTION_MS) * NS_PER_MS, before);
        this.#counts[i] = (this.#counts[i] as number) + upTo - before;
        before = upTo;
      });
      this.#counts[BOUNDS_MS.length] = (this.#counts[BOUNDS_MS.length] as number) + count - before;
      this.#sumMs += Math.max(0, mean / NS_PER_MS - RESOLUTION_MS) * count;
      this.#source.reset();
    }
    return { boundsMs: BOUNDS_MS, counts: [...this.#counts], sumMs: this.#sumMs };
  }

  /** How many samples are at most `ns`, at least `from`: the k-th smallest is the percentile 100 k / count. */
  #countUpTo(ns: number, from: number): number {
    const { count } = this.#source;
    let low = from;
    let high = count;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#source.percentile((100 * middle) / count) <= ns) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

let ofThisThread: EventLoopDelay | null = null;

/**
 * The delay of this thread's event loop. There is one event loop and so one histogram, which outlives a restart inside
 * the process; its timer keeps nothing alive.
 */
export function eventLoopDelay(): EventLoopDelay {
  if (ofThisThread === null) {
    const source = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    source.enable();
    ofThisThread = new EventLoopDelay(source);
  }
  return ofThisThread;
}
