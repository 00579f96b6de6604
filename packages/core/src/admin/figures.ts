import { DENIAL_REASON_LABELS } from '../observe/denial-reason.ts';
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
    sharedGroups: index.sharedGroupCount,
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
    droppedByReason: byLabel(DROP_REASON_LABELS, counters.dropped),
    bytesReceived: counters.bytesReceived,
    bytesSent: counters.bytesSent,
    packetsReceived: counters.packetsReceived,
    connectionsAccepted: counters.connectionsAccepted,
    connectionsRefused: counters.connectionsRefused,
    connectionsFailed: counters.connectionsFailed,
    deniedByReason: byLabel(DENIAL_REASON_LABELS, counters.denied),
    ratePauses: counters.ratePauses,
    unreadPauses: counters.unreadPauses,
    connectionsDelayed: counters.connectionsDelayed,
    overloads: counters.overloads,
    flappingBans: counters.flappingBans,
    logLinesSuppressed: counters.logLinesSuppressed,
    keepAliveTimeouts: counters.keepAliveTimeouts,
    takeovers: counters.takeovers,
    sessionsExpired: counters.sessionsExpired,
    unknownAcknowledgements: counters.unknownAcknowledgements,
    connectionsByProtocol: Object.fromEntries(census.byProtocol),
    connectionsByListener: Object.fromEntries(census.byListener),
    connectionsByShard: { [shard.shardId]: sessions.onlineCount },
    acknowledgementLatency: counters.acknowledgementLatency.snapshot(),
    shards: 1,
    shardsLost: 0,
  };
}

function byLabel(labels: readonly string[], counts: readonly number[]): Readonly<Record<string, number>> {
  return Object.fromEntries(labels.map((label, i) => [label, counts[i] as number]));
}
