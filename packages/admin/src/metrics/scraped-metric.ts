import { Counter, Gauge, type Registry } from 'prom-client';
import { boundedLabels } from './bounded-labels.ts';

/** Labels of their own: a name comes from the configuration, a reason from the core. */
const MAX_LABELS = 32;

/** A metric read from `T` at a scrape: one value, or one for each value of a label. */
export interface ScrapedMetric<T> {
  readonly name: string;
  readonly kind: 'gauge' | 'counter';
  readonly help: string;
  /** '' = none. */
  readonly label: string;
  /** `lowest`: beyond the bound the labels with the smallest values stay, and those of one label show the smallest. */
  readonly join?: 'sum' | 'lowest';
  /** With a label: its value -> number. Without: the key does not matter. */
  readonly read: (source: T) => Readonly<Record<string, number>>;
}

/** Makes the metrics in a registry. @returns what gives them the values of a scrape; labels that are gone vanish */
export function scrapedMetrics<T>(registry: Registry, metrics: readonly ScrapedMetric<T>[]): (source: T) => void {
  const setters = metrics.map((metric) => setterOf(registry, metric));
  return (source) => {
    for (const set of setters) set(source);
  };
}

function setterOf<T>(
  registry: Registry,
  { name, kind, help, label, join = 'sum', read }: ScrapedMetric<T>,
): (source: T) => void {
  const options = { name, help, labelNames: label === '' ? [] : [label], registers: [registry] };
  const metric = kind === 'counter' ? new Counter(options) : new Gauge(options);
  return (source) => {
    metric.reset();
    for (const [value, number] of boundedLabels(read(source), MAX_LABELS, join)) {
      metric.inc(label === '' ? {} : { [label]: value }, number);
    }
  };
}
