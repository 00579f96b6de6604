import type { BrokerFigures } from '@nanomq-ts/core';
import type { ScrapedMetric } from './scraped-metric.ts';

type FigureMetric = ScrapedMetric<BrokerFigures>;

function single(
  kind: FigureMetric['kind'],
  name: string,
  help: string,
  read: (figures: BrokerFigures) => number,
): FigureMetric {
  return { name, kind, help, label: '', read: (figures) => ({ all: read(figures) }) };
}

function gauge(name: string, help: string, read: (figures: BrokerFigures) => number): FigureMetric {
  return single('gauge', name, help, read);
}

function counter(name: string, help: string, read: (figures: BrokerFigures) => number): FigureMetric {
  return single('counter', name, help, read);
}

function byLabel(
  kind: FigureMetric['kind'],
  name: string,
  label: string,
  help: string,
  read: FigureMetric['read'],
): FigureMetric {
  return { name, kind, help, label, read };
}

/** Every metric of the broker's figures. Counters only grow and end in `_total`. */
export const FIGURE_METRICS: readonly FigureMetric[] = [
  gauge('nanomq_connections', 'Clients online', (f) => f.connections),
  byLabel(
    'gauge',
    'nanomq_connections_by_protocol',
    'protocol',
    'Clients online by protocol version',
    (f) => f.connectionsByProtocol,
  ),
  byLabel(
    'gauge',
    'nanomq_connections_by_listener',
    'listener',
    'Clients online by listener',
    (f) => f.connectionsByListener,
  ),
  byLabel('gauge', 'nanomq_connections_by_shard', 'shard', 'Clients online by shard', (f) => f.connectionsByShard),
  gauge('nanomq_sessions', 'Sessions, offline ones too', (f) => f.sessions),
  gauge('nanomq_subscribers', 'Clients with a subscription', (f) => f.subscribers),
  gauge('nanomq_subscriptions', 'Subscriptions', (f) => f.subscriptions),
  gauge('nanomq_shared_subscriptions', 'Shared subscriptions', (f) => f.sharedSubscriptions),
  gauge('nanomq_shared_groups', 'Distinct share names and filters together', (f) => f.sharedGroups),
  gauge('nanomq_topic_filters', 'Distinct topic filters subscribed to', (f) => f.topics),
  gauge('nanomq_retained_messages', 'Retained messages', (f) => f.retainedMessages),
  gauge('nanomq_retained_bytes', 'Bytes of retained messages', (f) => f.retainedBytes),
  gauge('nanomq_queued_messages', 'Messages held for sessions: in flight and queued', (f) => f.storedMessages),
  gauge('nanomq_queued_bytes', 'Bytes of messages held for sessions', (f) => f.storedBytes),
  byLabel('counter', 'nanomq_messages_received_total', 'qos', 'PUBLISH packets received', (f) =>
    byQos(f.messagesReceivedByQos),
  ),
  byLabel('counter', 'nanomq_messages_sent_total', 'qos', 'PUBLISH packets sent, one a receiver', (f) =>
    byQos(f.messagesSentByQos),
  ),
  byLabel(
    'counter',
    'nanomq_messages_dropped_total',
    'reason',
    'Messages that did not reach a receiver',
    (f) => f.droppedByReason,
  ),
  counter('nanomq_packets_received_total', 'Control packets received', (f) => f.packetsReceived),
  counter('nanomq_received_bytes_total', 'Bytes received from clients', (f) => f.bytesReceived),
  counter('nanomq_sent_bytes_total', 'Bytes sent to clients', (f) => f.bytesSent),
  counter('nanomq_connections_accepted_total', 'CONNECT packets accepted', (f) => f.connectionsAccepted),
  counter('nanomq_connections_refused_total', 'CONNECT packets refused', (f) => f.connectionsRefused),
  counter(
    'nanomq_connections_failed_total',
    'Connections ended for a violation of protocol or limits',
    (f) => f.connectionsFailed,
  ),
  byLabel(
    'counter',
    'nanomq_denials_total',
    'reason',
    'Connections and requests turned down by a limit, a ban or a rule',
    (f) => f.deniedByReason,
  ),
  counter('nanomq_flapping_bans_total', 'Clients banned because they came and went too often', (f) => f.flappingBans),
  counter(
    'nanomq_rate_pauses_total',
    'Times the reading of a client was paused by its message or byte rate',
    (f) => f.ratePauses,
  ),
  counter(
    'nanomq_unread_pauses_total',
    'Times the reading of a client was paused because it left its answers unread',
    (f) => f.unreadPauses,
  ),
  counter('nanomq_overloads_total', 'Times the event loop became so late that new clients wait', (f) => f.overloads),
  counter(
    'nanomq_connections_delayed_total',
    'Connections that had to wait because the event loop was late',
    (f) => f.connectionsDelayed,
  ),
  counter(
    'nanomq_log_lines_suppressed_total',
    'Log lines about clients left out by their limit',
    (f) => f.logLinesSuppressed,
  ),
  counter('nanomq_keep_alive_timeouts_total', 'Connections ended by keep alive', (f) => f.keepAliveTimeouts),
  counter('nanomq_takeovers_total', 'Connections ended because the client connected again', (f) => f.takeovers),
  counter('nanomq_sessions_expired_total', 'Sessions that expired', (f) => f.sessionsExpired),
  counter(
    'nanomq_unknown_acknowledgements_total',
    'Acknowledgements of packet identifiers not in use',
    (f) => f.unknownAcknowledgements,
  ),
  gauge('nanomq_shards', 'Shards that clients are connected to', (f) => f.shards),
  counter('nanomq_shards_lost_total', 'Shards that ended by a fault, with their clients', (f) => f.shardsLost),
];

function byQos(counts: readonly [number, number, number]): Readonly<Record<string, number>> {
  const [qos0, qos1, qos2] = counts;
  return { '0': qos0, '1': qos1, '2': qos2 };
}
