import type { BrokerFigures } from '@nanomq-ts/core';
import { Registry } from 'prom-client';
import type { BridgeView } from '../ports/bridge-port.ts';
import type { BrokerIdentity } from '../ports/config-port.ts';
import type { ListenerView } from '../ports/listener-port.ts';
import { BRIDGE_METRICS } from './bridge-metrics.ts';
import type { EventLoopDelay } from './event-loop-delay.ts';
import { FIGURE_METRICS } from './figure-metrics.ts';
import { LISTENER_METRICS } from './listener-metrics.ts';
import { ProcessMetrics } from './process-metrics.ts';
import { ScrapedHistogram } from './scraped-histogram.ts';
import { scrapedMetrics } from './scraped-metric.ts';

/** What a scrape sees; a list is empty where the broker has no such part. */
export interface Scrape {
  readonly figures: BrokerFigures;
  readonly listeners: readonly ListenerView[];
  readonly bridges: readonly BridgeView[];
  /** Bans that hold now. */
  readonly bans: number;
}

/** The metrics of the broker and its process in a registry of their own: nothing is shared with another broker. */
export class BrokerMetrics {
  readonly #registry = new Registry();
  readonly #set: (scrape: Scrape) => void;
  readonly #process: ProcessMetrics;
  readonly #acknowledgement: ScrapedHistogram;

  constructor(identity: BrokerIdentity, delay: EventLoopDelay) {
    const registry = this.#registry;
    const setFigures = scrapedMetrics(registry, FIGURE_METRICS);
    const setBans = scrapedMetrics(registry, [
      { name: 'nanomq_bans', kind: 'gauge', help: 'Bans that hold now', label: '', read: (bans: number) => ({ bans }) },
    ]);
    const setListeners = scrapedMetrics(registry, LISTENER_METRICS);
    const setBridges = scrapedMetrics(registry, BRIDGE_METRICS);
    this.#set = ({ figures, listeners, bridges, bans }) => {
      setFigures(figures);
      setBans(bans);
      setListeners(listeners);
      setBridges(bridges);
    };
    this.#acknowledgement = new ScrapedHistogram(
      registry,
      'nanomq_acknowledgement_latency_seconds',
      'Time from a QoS 1 or 2 PUBLISH of a client to its PUBACK or PUBREC',
    );
    this.#process = new ProcessMetrics(registry, identity, delay);
  }

  /** The text of a scrape. */
  render(scrape: Scrape): Promise<string> {
    this.#set(scrape);
    this.#acknowledgement.set(scrape.figures.acknowledgementLatency);
    this.#process.update();
    return this.#registry.metrics();
  }
}
