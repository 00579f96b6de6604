import type { BrokerFigures } from '@nanomq-ts/core';

/** What a scrape sees. */
export interface V4Sample {
  readonly figures: BrokerFigures;
  readonly residentBytes: number;
  /** Of one processor. */
  readonly cpuPercent: number;
}

interface V4Metric {
  readonly name: string;
  readonly kind: 'gauge' | 'counter';
  /** Behind the name in HELP. */
  readonly unit: string;
  /** Name of the highest value seen; null for a counter. */
  readonly peak: string | null;
  readonly value: (sample: V4Sample) => number;
  readonly decimals: number;
}

/** NanoMQ's names, in its order. */
const METRICS: readonly V4Metric[] = [
  gauge('nanomq_connections', ({ figures }) => figures.connections),
  gauge('nanomq_sessions', ({ figures }) => figures.sessions),
  gauge('nanomq_topics', ({ figures }) => figures.topics),
  gauge('nanomq_subscribers', ({ figures }) => figures.subscribers),
  counter('nanomq_messages_received', ({ figures }) => figures.messagesReceived),
  counter('nanomq_messages_sent', ({ figures }) => figures.messagesSent),
  counter('nanomq_messages_dropped', ({ figures }) => figures.messagesDropped),
  usage('nanomq_memory_usage', '(b)', 0, ({ residentBytes }) => residentBytes),
  usage('nanomq_cpu_usage', '(%)', 2, ({ cpuPercent }) => cpuPercent),
];

/** The text of `GET /api/v4/prometheus`; remembers the highest values it has shown. */
export class PrometheusV4 {
  readonly #peaks = new Map<string, number>();

  render(sample: V4Sample): string {
    return METRICS.map((metric) => this.#lines(metric, metric.value(sample))).join('');
  }

  #lines(metric: V4Metric, value: number): string {
    const lines = threeLines(metric, metric.name, value);
    if (metric.peak === null) return lines;
    const peak = Math.max(value, this.#peaks.get(metric.peak) ?? 0);
    this.#peaks.set(metric.peak, peak);
    return lines + threeLines(metric, metric.peak, peak);
  }
}

function threeLines({ kind, unit, decimals }: V4Metric, name: string, value: number): string {
  const help = unit === '' ? name : `${name} ${unit}`;
  return `# TYPE ${name} ${kind}\n# HELP ${help}\n${name} ${value.toFixed(decimals)}\n`;
}

function gauge(name: string, value: V4Metric['value']): V4Metric {
  return { name: `${name}_count`, kind: 'gauge', unit: '', peak: `${name}_max`, value, decimals: 0 };
}

function counter(name: string, value: V4Metric['value']): V4Metric {
  return { name, kind: 'counter', unit: '', peak: null, value, decimals: 0 };
}

function usage(name: string, unit: string, decimals: number, value: V4Metric['value']): V4Metric {
  return { name, kind: 'gauge', unit, peak: `${name}_max`, value, decimals };
}
