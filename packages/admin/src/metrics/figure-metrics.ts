import type { BrokerFigures } from '@nanomq-ts/core';

/** Labels of their own: a listener's name comes from the configuration, a reason from the core. */
export const MAX_LABELS = 32;

/** A metric read from the figures of the broker: one value, or one for each value of a label. */
export interface FigureMetric {
  readonly name: string;
  readonly kind: 'gauge' | 'counter';
  readonly help: string;
  /** '' = none. */
  readonly label: string;
  /** With a label: its value -> number. Without: the key does not matter. */
  readonly read: (figures: BrokerFigures) => Readonly<Record<string, number>>;
}

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
  gauge('nanomq_sessions', 'Sessions, offline ones too', (f) => f.sessions),
  gauge('nanomq_subscribers', 'Clients with a subscription', (f) => f.subscribers),
  gauge('nanomq_subscriptions', 'Subscriptions', (f) => f.subscriptions),
  gauge('nanomq_shared_subscriptions', 'Shared subscriptions', (f) => f.sharedSubscriptions),
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
