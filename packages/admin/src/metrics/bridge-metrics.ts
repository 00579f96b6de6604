import type { BridgeStatus } from '@nanomq-ts/core';
import type { BridgeView } from '../ports/bridge-port.ts';
import type { ScrapedMetric } from './scraped-metric.ts';

type Bridges = readonly BridgeView[];

/** Metrics of bridges, each by the name of the bridge. */
export const BRIDGE_METRICS: readonly ScrapedMetric<Bridges>[] = [
  gauge('nanomq_bridge_connected', 'Whether a bridge is connected: 1, else 0', ({ state }) =>
    state === 'connected' ? 1 : 0,
  ),
  gauge('nanomq_bridge_backlog_messages', 'Messages that wait for the remote broker', (s) => s.backlogMessages),
  gauge('nanomq_bridge_backlog_bytes', 'Bytes of messages that wait for the remote broker', (s) => s.backlogBytes),
  gauge('nanomq_bridge_backlog_age_seconds', 'Age of the oldest of them', (s) => s.oldestBacklogMs / 1000),
  counter('nanomq_bridge_messages_sent_total', 'Messages sent to the remote broker', (s) => s.sentMessages),
  counter('nanomq_bridge_messages_received_total', 'Messages received from it', (s) => s.receivedMessages),
  counter('nanomq_bridge_sent_bytes_total', 'Bytes sent to the remote broker', (s) => s.sentBytes),
  counter('nanomq_bridge_received_bytes_total', 'Bytes received from it', (s) => s.receivedBytes),
  counter('nanomq_bridge_reconnects_total', 'Connections made after the first', (s) => s.reconnects),
  counter('nanomq_bridge_messages_dropped_out_total', 'Messages that did not reach the remote broker', (s) =>
    droppedIn(s.droppedOutByReason),
  ),
  counter('nanomq_bridge_messages_dropped_in_total', 'Messages from it that went no further', (s) =>
    droppedIn(s.droppedInByReason),
  ),
  {
    name: 'nanomq_bridge_messages_dropped_by_reason_total',
    kind: 'counter',
    help: 'Messages dropped by bridges, in both directions',
    label: 'reason',
    read: byReason,
  },
];

function gauge(name: string, help: string, valueIn: (status: BridgeStatus) => number): ScrapedMetric<Bridges> {
  return ofEach('gauge', name, help, valueIn);
}

function counter(name: string, help: string, valueIn: (status: BridgeStatus) => number): ScrapedMetric<Bridges> {
  return ofEach('counter', name, help, valueIn);
}

function ofEach(
  kind: 'gauge' | 'counter',
  name: string,
  help: string,
  valueIn: (status: BridgeStatus) => number,
): ScrapedMetric<Bridges> {
  const read = (bridges: Bridges) => Object.fromEntries(bridges.map((bridge) => [bridge.name, valueIn(bridge.status)]));
  return { name, kind, help, label: 'bridge', read };
}

/** All that was dropped in one direction. */
export function droppedIn(byReason: Readonly<Record<string, number>>): number {
  return Object.values(byReason).reduce((sum, messages) => sum + messages, 0);
}

function byReason(bridges: Bridges): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { status } of bridges) {
    for (const dropped of [status.droppedOutByReason, status.droppedInByReason]) {
      for (const [reason, messages] of Object.entries(dropped)) sums[reason] = (sums[reason] ?? 0) + messages;
    }
  }
  return sums;
}
