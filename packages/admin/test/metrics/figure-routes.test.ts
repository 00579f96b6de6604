import { describe, expect, it } from 'vitest';
import { ProcessUsage } from '../../src/metrics/process-usage.ts';
import { PrometheusV4 } from '../../src/metrics/prometheus-v4.ts';
import { AdminHarness } from '../support/admin-harness.ts';
import { brokerFigures } from '../support/fake-ports.ts';

const NAMES = [
  'nanomq_connections_count',
  'nanomq_connections_max',
  'nanomq_sessions_count',
  'nanomq_sessions_max',
  'nanomq_topics_count',
  'nanomq_topics_max',
  'nanomq_subscribers_count',
  'nanomq_subscribers_max',
  'nanomq_messages_received',
  'nanomq_messages_sent',
  'nanomq_messages_dropped',
  'nanomq_memory_usage',
  'nanomq_memory_usage_max',
  'nanomq_cpu_usage',
  'nanomq_cpu_usage_max',
];

describe('GET /api/v4/prometheus', () => {
  it("has NanoMQ's 15 names, in its order and its three lines", async () => {
    const harness = await AdminHarness.open();
    const { headers, text } = await harness.call({ method: 'GET', path: '/api/v4/prometheus' });
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(45);
    NAMES.forEach((name, i) => {
      const kind = name.startsWith('nanomq_messages_') ? 'counter' : 'gauge';
      const unit = name.startsWith('nanomq_memory') ? ' (b)' : name.startsWith('nanomq_cpu') ? ' (%)' : '';
      expect(lines.slice(i * 3, i * 3 + 2)).toEqual([`# TYPE ${name} ${kind}`, `# HELP ${name}${unit}`]);
      expect(lines[i * 3 + 2]).toMatch(new RegExp(`^${name} ${name.includes('cpu') ? '\\d+\\.\\d\\d' : '\\d+'}$`));
    });
  });

  it('has the figures of the broker; _max is the highest of all scrapes', () => {
    const prometheus = new PrometheusV4();
    const values = (connections: number, residentBytes: number, cpuPercent: number): string[] => {
      const figures = brokerFigures({
        connections,
        sessions: 2,
        topics: 3,
        subscribers: 4,
        messagesReceived: 5,
        messagesSent: 6,
        messagesDropped: 7,
      });
      const text = prometheus.render({ figures, residentBytes, cpuPercent });
      return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    };
    expect(values(10, 2000, 12.345).map((line) => line.split(' ')[1])).toEqual([
      '10',
      '10',
      '2',
      '2',
      '3',
      '3',
      '4',
      '4',
      '5',
      '6',
      '7',
      '2000',
      '2000',
      '12.35',
      '12.35',
    ]);
    const later = values(1, 1000, 99);
    expect(later).toContain('nanomq_connections_count 1');
    expect(later).toContain('nanomq_connections_max 10');
    expect(later).toContain('nanomq_memory_usage_max 2000');
    expect(later).toContain('nanomq_cpu_usage_max 99.00');
  });
});

describe('GET /api/v4/metrics', () => {
  it('has no code', async () => {
    const harness = await AdminHarness.open();
    harness.admin.figureValues = brokerFigures({ connections: 3 });
    const { body } = await harness.json({ method: 'GET', path: '/api/v4/metrics' });
    expect(body).toEqual({
      metrics: [],
      cpuinfo: expect.stringMatching(/^\d+\.\d\d%$/),
      memory: expect.stringMatching(/^[1-9]\d+$/),
      connections: 3,
    });
  });
});

describe('the processor', () => {
  it('is counted between questions; close ones see the same', () => {
    let cpuMicroseconds = 5_000_000;
    let elapsedMs = 0;
    const usage = new ProcessUsage({
      cpuMicroseconds: () => cpuMicroseconds,
      elapsedMs: () => elapsedMs,
      residentBytes: () => 42,
    });
    expect([usage.cpuPercent(), usage.residentBytes()]).toEqual([0, 42]);
    elapsedMs += 2000;
    cpuMicroseconds += 500_000;
    expect(usage.cpuPercent()).toBe(25);
    elapsedMs += 999;
    cpuMicroseconds += 999_000;
    expect(usage.cpuPercent()).toBe(25);
    elapsedMs += 1;
    expect(usage.cpuPercent()).toBe(99.9);
  });
});
