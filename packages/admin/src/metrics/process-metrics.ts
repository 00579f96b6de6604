import { Counter, Gauge, type Registry } from 'prom-client';
import type { BrokerIdentity } from '../ports/config-port.ts';
import type { EventLoopDelay } from './event-loop-delay.ts';
import { ScrapedHistogram } from './scraped-histogram.ts';

const MICROSECONDS = 1_000_000;

/**
 * Processor, memory and event loop of this process under Prometheus's usual names. prom-client's own collection is not
 * used: it starts observers that would stay behind when the broker restarts inside the process.
 */
export class ProcessMetrics {
  readonly #delay: EventLoopDelay;
  readonly #userSeconds: Counter;
  readonly #systemSeconds: Counter;
  readonly #resident: Gauge;
  readonly #heapUsed: Gauge;
  readonly #heapTotal: Gauge;
  readonly #external: Gauge;
  readonly #delayHistogram: ScrapedHistogram;

  constructor(registry: Registry, { version, startedAtMs }: BrokerIdentity, delay: EventLoopDelay) {
    const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers: [registry] });
    const counter = (name: string, help: string): Counter => new Counter({ name, help, registers: [registry] });
    this.#delay = delay;
    this.#userSeconds = counter('process_cpu_user_seconds_total', 'Processor time used in the program');
    this.#systemSeconds = counter('process_cpu_system_seconds_total', 'Processor time used in the system');
    this.#resident = gauge('process_resident_memory_bytes', 'Resident memory');
    this.#heapUsed = gauge('nodejs_heap_size_used_bytes', 'Heap in use');
    this.#heapTotal = gauge('nodejs_heap_size_total_bytes', 'Heap');
    this.#external = gauge('nodejs_external_memory_bytes', 'Memory outside the heap: buffers');
    this.#delayHistogram = new ScrapedHistogram(
      registry,
      'nanomq_event_loop_delay_seconds',
      'How late the event loop is, sampled',
    );
    gauge('nanomq_start_time_seconds', 'When the broker started, seconds since 1970').set(startedAtMs / 1000);
    new Gauge({ name: 'nanomq_info', help: 'Version of the broker', labelNames: ['version'], registers: [registry] })
      .labels(version)
      .set(1);
  }

  /** Reads the values of a scrape. */
  update(): void {
    const { user, system } = process.cpuUsage();
    this.#userSeconds.reset();
    this.#userSeconds.inc(user / MICROSECONDS);
    this.#systemSeconds.reset();
    this.#systemSeconds.inc(system / MICROSECONDS);
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
    this.#resident.set(rss);
    this.#heapUsed.set(heapUsed);
    this.#heapTotal.set(heapTotal);
    this.#external.set(external);
    this.#delayHistogram.set(this.#delay.snapshot());
  }
}
