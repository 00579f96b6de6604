import type { BrokerFigures } from '@nanomq-ts/core';
import { Counter, Gauge, Registry } from 'prom-client';
import type { BrokerIdentity } from '../ports/config-port.ts';
import { boundedLabels } from './bounded-labels.ts';
import type { EventLoopDelay } from './event-loop-delay.ts';
import { FIGURE_METRICS, MAX_LABELS } from './figure-metrics.ts';
import { ProcessMetrics } from './process-metrics.ts';
import { ScrapedHistogram } from './scraped-histogram.ts';

/** The metrics of the broker and its process in a registry of their own: nothing is shared with another broker. */
export class BrokerMetrics {
  readonly #registry = new Registry();
  readonly #setters: ((figures: BrokerFigures) => void)[];
  readonly #process: ProcessMetrics;
  readonly #acknowledgement: ScrapedHistogram;

  constructor(identity: BrokerIdentity, delay: EventLoopDelay) {
    const registry = this.#registry;
    this.#setters = FIGURE_METRICS.map((metric) => figureSetter(registry, metric));
    this.#acknowledgement = new ScrapedHistogram(
      registry,
      'nanomq_acknowledgement_latency_seconds',
      'Time from a QoS 1 or 2 PUBLISH of a client to its PUBACK or PUBREC',
    );
    this.#process = new ProcessMetrics(registry, identity, delay);
  }

  /** The text of a scrape. */
  render(figures: BrokerFigures): Promise<string> {
    for (const set of this.#setters) set(figures);
    this.#acknowledgement.set(figures.acknowledgementLatency);
    this.#process.update();
    return this.#registry.metrics();
  }
}

/** Makes a metric. @returns what gives it the values of a scrape; labels that are gone vanish */
function figureSetter(
  registry: Registry,
  { name, kind, help, label, read }: (typeof FIGURE_METRICS)[number],
): (figures: BrokerFigures) => void {
  const options = { name, help, labelNames: label === '' ? [] : [label], registers: [registry] };
  const metric = kind === 'counter' ? new Counter(options) : new Gauge(options);
  return (figures) => {
    metric.reset();
    for (const [value, number] of boundedLabels(read(figures), MAX_LABELS)) {
      metric.inc(label === '' ? {} : { [label]: value }, number);
    }
  };
}
