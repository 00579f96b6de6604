import { DROP_REASON_LABELS } from '../observe/drop-reason.ts';
import type { BrokerFigures } from '../ports/admin.ts';
import type { Shard } from '../shard.ts';

/** The figures of a shard now. Everything is counted as it happens: nothing is walked. */
export function figuresOf(shard: Shard): BrokerFigures {
  const { counters, sessions, index, retained, messages } = shard;
  const { census } = sessions;
  return {
    connections: sessions.onlineCount,
    sessions: sessions.size,
    subscribers: census.subscribers,
    subscriptions: index.size,
    sharedSubscriptions: index.sharedSize,
    topics: index.filterCount,
    retainedMessages: retained.size,
    retainedBytes: retained.bytes,
    storedMessages: messages.size,
    storedBytes: messages.liveBytes,
    messagesReceived: counters.publishReceived,
    messagesSent: counters.publishSent,
    messagesReceivedByQos: [...counters.publishReceivedByQos],
    messagesSentByQos: [...counters.publishSentByQos],
    messagesDropped: counters.droppedTotal,
    droppedByReason: Object.fromEntries(DROP_REASON_LABELS.map((label, i) => [label, counters.dropped[i] as number])),
    bytesReceived: counters.bytesReceived,
    bytesSent: counters.bytesSent,
    packetsReceived: counters.packetsReceived,
    connectionsAccepted: counters.connectionsAccepted,
    connectionsRefused: counters.connectionsRefused,
    connectionsFailed: counters.connectionsFailed,
    keepAliveTimeouts: counters.keepAliveTimeouts,
    takeovers: counters.takeovers,
    sessionsExpired: counters.sessionsExpired,
    unknownAcknowledgements: counters.unknownAcknowledgements,
    connectionsByProtocol: Object.fromEntries(census.byProtocol),
    connectionsByListener: Object.fromEntries(census.byListener),
    acknowledgementLatency: counters.acknowledgementLatency.snapshot(),
  };
}
