import { AdminError } from '@nanomq-ts/core';
import { describe, expect, it } from 'vitest';
import { AdminHarness } from '../support/admin-harness.ts';
import { bridgeStatus, listenerView } from '../support/fake-parts.ts';
import { brokerFigures } from '../support/fake-ports.ts';

const FIGURES = brokerFigures({
  connections: 5,
  sessions: 9,
  messagesReceivedByQos: [1, 2, 3],
  messagesSentByQos: [4, 5, 6],
  droppedByReason: { queue_full: 7, 'odd "reason"\\\n': 1 },
  connectionsByProtocol: { '4': 2, '5': 3 },
  connectionsByListener: { 'tcp:default': 4, 'ws:"x"': 1 },
  storedMessages: 11,
  bytesReceived: 1000,
  acknowledgementLatency: { boundsMs: [1, 2.5, 5], counts: [10, 5, 0, 2], sumMs: 60 },
});

async function scrape(harness: AdminHarness): Promise<string[]> {
  const { status, headers, text } = await harness.call({ method: 'GET', path: '/metrics' });
  expect([status, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  return text.split('\n');
}

describe('GET /metrics', () => {
  it('shows the figures of the broker', async () => {
    const harness = await AdminHarness.open();
    harness.admin.figureValues = FIGURES;
    const lines = await scrape(harness);
    const expected = [
      '# TYPE nanomq_connections gauge',
      'nanomq_connections 5',
      'nanomq_sessions 9',
      '# TYPE nanomq_messages_received_total counter',
      'nanomq_messages_received_total{qos="0"} 1',
      'nanomq_messages_received_total{qos="2"} 3',
      'nanomq_messages_sent_total{qos="1"} 5',
      'nanomq_messages_dropped_total{reason="queue_full"} 7',
      'nanomq_messages_dropped_total{reason="odd \\"reason\\"\\\\_"} 1',
      'nanomq_connections_by_protocol{protocol="5"} 3',
      'nanomq_connections_by_listener{listener="tcp:default"} 4',
      'nanomq_connections_by_listener{listener="ws:\\"x\\""} 1',
      'nanomq_queued_messages 11',
      'nanomq_received_bytes_total 1000',
      'nanomq_start_time_seconds 1699999000',
      'nanomq_info{version="0.1.0"} 1',
    ];
    expect(expected.filter((line) => !lines.includes(line))).toEqual([]);
  });

  it('shows denials, limits at work, bans, listeners, certificates and bridges', async () => {
    const harness = await AdminHarness.open();
    const { listeners, bridges, bans } = harness.parts;
    const pauses = { ratePauses: 5, unreadPauses: 7 };
    harness.admin.figureValues = brokerFigures({ deniedByReason: { banned: 4 }, ...pauses, flappingBans: 6 });
    listeners.rows = [listenerView(), listenerView({ name: 'tcp:default', connections: 9, certificate: null })];
    bans.rows = [{ kind: 'username', value: 'x', reason: '', untilMs: null }];
    const status = bridgeStatus({ backlogMessages: 7, oldestBacklogMs: 1500, droppedInByReason: { loop: 8 } });
    bridges.rows = [{ name: 'b', settings: {}, status }];
    const lines = await scrape(harness);
    const expected = [
      'nanomq_denials_total{reason="banned"} 4',
      'nanomq_rate_pauses_total 5',
      'nanomq_unread_pauses_total 7',
      'nanomq_flapping_bans_total 6',
      'nanomq_bans 1',
      'nanomq_network_connections{listener="tcp:default"} 9',
      'nanomq_handshakes_refused_total{reason="wrongCa"} 6',
      'nanomq_certificate_days{listener="ssl:default"} 365',
      'nanomq_certificate_reloads_total{listener="ssl:default"} 1',
      'nanomq_bridge_connected{bridge="b"} 1',
      'nanomq_bridge_backlog_messages{bridge="b"} 7',
      'nanomq_bridge_backlog_age_seconds{bridge="b"} 1.5',
      'nanomq_bridge_messages_dropped_in_total{bridge="b"} 8',
      'nanomq_bridge_messages_dropped_by_reason_total{reason="loop"} 8',
    ];
    expect(expected.filter((line) => !lines.includes(line))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('nanomq_certificate_days'))).toHaveLength(1);
  });

  it('without those parts there is nothing to show of them', async () => {
    const lines = await scrape(await AdminHarness.openBare());
    expect(lines).toContain('nanomq_bans 0');
    expect(lines.filter((line) => line.startsWith('nanomq_bridge_'))).toEqual([]);
  });

  it('a histogram holds its buckets added up, in seconds', async () => {
    const harness = await AdminHarness.open();
    harness.admin.figureValues = FIGURES;
    const lines = (await scrape(harness)).filter((line) => line.includes('acknowledgement_latency'));
    expect(lines.slice(1)).toEqual([
      '# TYPE nanomq_acknowledgement_latency_seconds histogram',
      'nanomq_acknowledgement_latency_seconds_bucket{le="0.001"} 10',
      'nanomq_acknowledgement_latency_seconds_bucket{le="0.0025"} 15',
      'nanomq_acknowledgement_latency_seconds_bucket{le="0.005"} 15',
      'nanomq_acknowledgement_latency_seconds_bucket{le="+Inf"} 17',
      'nanomq_acknowledgement_latency_seconds_sum 0.06',
      'nanomq_acknowledgement_latency_seconds_count 17',
    ]);
  });

  it('is well formed: every sample stands under its HELP and TYPE, counters end in _total, no name twice', async () => {
    const harness = await AdminHarness.open();
    harness.admin.figureValues = FIGURES;
    const types = new Map<string, string>();
    let name = '';
    for (const line of await scrape(harness)) {
      const header = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line);
      if (header?.[1] === 'HELP') name = header[2] ?? '';
      if (header?.[1] === 'TYPE') {
        expect([header[2], types.has(name)]).toEqual([name, false]);
        types.set(name, header[3] ?? '');
      }
      if (header !== null || line === '') continue;
      expect(line).toMatch(/^[a-z_]+(?:\{(?:[a-z]+="(?:[^"\\]|\\["\\n])*",?)+\})? [\d.e+-]+$/);
      expect(line.startsWith(name)).toBe(true);
    }
    expect(types.size).toBeGreaterThan(30);
    for (const [metric, type] of types)
      expect([metric, metric.endsWith('_total')]).toEqual([metric, type === 'counter']);
  });

  it('what is gone vanishes, and counters are those of the broker', async () => {
    const harness = await AdminHarness.open();
    harness.admin.figureValues = FIGURES;
    await scrape(harness);
    harness.admin.figureValues = brokerFigures({ connectionsByListener: { 'tcp:other': 1 }, bytesReceived: 1001 });
    const lines = await scrape(harness);
    expect(lines.filter((line) => line.startsWith('nanomq_connections_by_listener'))).toEqual([
      'nanomq_connections_by_listener{listener="tcp:other"} 1',
    ]);
    expect(lines).toContain('nanomq_received_bytes_total 1001');
  });

  it('listeners beyond 32 share a label', async () => {
    const harness = await AdminHarness.open();
    const listeners = Array.from({ length: 100 }, (_, n) => [`tcp:${n}`, 1000 - n] as const);
    harness.admin.figureValues = brokerFigures({ connectionsByListener: Object.fromEntries(listeners) });
    const lines = (await scrape(harness)).filter((line) => line.startsWith('nanomq_connections_by_listener'));
    expect(lines).toHaveLength(33);
    const others = listeners.slice(32).reduce((sum, [, count]) => sum + count, 0);
    expect(lines.at(-1)).toBe(`nanomq_connections_by_listener{listener="other"} ${others}`);
  });

  it('scrapes at the same time ask the broker once', async () => {
    const harness = await AdminHarness.open();
    let asked = 0;
    let answer: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const waiting = new Promise<void>((resolve) => {
      harness.admin.figures = async () => {
        asked += 1;
        resolve();
        await held;
        return FIGURES;
      };
    });
    const first = scrape(harness);
    await waiting;
    const second = scrape(harness);
    // A request behind the second, so that the second has arrived.
    await harness.json({ method: 'GET', path: '/api/v4/brokers' });
    answer();
    expect(await second).toEqual(await first);
    expect(asked).toBe(1);
  });

  it('a broker that does not answer: 500/101, and the next scrape asks again', async () => {
    const harness = await AdminHarness.open();
    harness.admin.fault = new AdminError('SHARD_TIMEOUT');
    const { status, body } = await harness.json({ method: 'GET', path: '/metrics' });
    expect([status, body.code]).toEqual([500, 101]);
    harness.admin.fault = null;
    expect((await scrape(harness)).length).toBeGreaterThan(50);
  });

  it('two brokers in a process have registries of their own', async () => {
    const [one, two] = [await AdminHarness.open(), await AdminHarness.open()];
    one.admin.figureValues = brokerFigures({ connections: 1 });
    two.admin.figureValues = brokerFigures({ connections: 2 });
    expect(await scrape(one)).toContain('nanomq_connections 1');
    expect(await scrape(two)).toContain('nanomq_connections 2');
    expect(await scrape(one)).toContain('nanomq_connections 1');
  });
});
