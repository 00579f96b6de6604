import type { Metric, Registry } from 'prom-client';

/** A histogram counted elsewhere. `counts[i]` were at most `boundsMs[i]`, in no earlier bucket; the last has no bound. */
export interface CountedHistogram {
  readonly boundsMs: readonly number[];
  readonly counts: readonly number[];
  readonly sumMs: number;
}

interface SeriesValue {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a registry gets from a metric. */
export interface ScrapedSeries {
  readonly name: string;
  readonly help: string;
  readonly type: 'histogram';
  readonly aggregator: 'sum';
  readonly values: readonly SeriesValue[];
}

/**
 * A histogram in seconds whose buckets are read at a scrape. prom-client's own can only be given single observations;
 * a registry asks a metric for nothing but its name and `get`.
 */
export class ScrapedHistogram {
  readonly name: string;
  readonly #help: string;
  #values: readonly SeriesValue[] = [];

  constructor(registry: Registry, name: string, help: string) {
    this.name = name;
    this.#help = help;
    registry.registerMetric(this as unknown as Metric);
  }

  /** What the next scrapes show. */
  set({ boundsMs, counts, sumMs }: CountedHistogram): void {
    let total = 0;
    const buckets = counts.map((count, i) => {
      total += count;
      const bound = boundsMs[i];
      const le = bound === undefined ? '+Inf' : String(bound / 1000);
      return { metricName: `${this.name}_bucket`, labels: { le }, value: total };
    });
    this.#values = [
      ...buckets,
      { metricName: `${this.name}_sum`, labels: {}, value: sumMs / 1000 },
      { metricName: `${this.name}_count`, labels: {}, value: total },
    ];
  }

  async get(): Promise<ScrapedSeries> {
    return { name: this.name, help: this.#help, type: 'histogram', aggregator: 'sum', values: this.#values };
  }
}
