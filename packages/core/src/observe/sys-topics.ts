import type { BrokerFigures } from '../ports/admin.ts';
import type { Shard } from '../shard.ts';

const PREFIX = '$SYS/brokers/';

/**
 * The statistics topics and their values, without the `$SYS/brokers/` in front.
 * @param nowMs  milliseconds since 1970; so is `startedMs`
 */
export function statistics(figures: BrokerFigures, nowMs: number, startedMs: number): ReadonlyMap<string, string> {
  const values = new Map<string, number | string>([
    ['uptime', Math.floor((nowMs - startedMs) / 1000)],
    ['datetime', new Date(nowMs).toISOString()],
    ['connections/count', figures.connections],
    ['sessions/count', figures.sessions],
    ['subscriptions/count', figures.subscriptions],
    ['subscriptions/shared/count', figures.sharedGroups],
    ['retained/count', figures.retainedMessages],
    ['retained/bytes', figures.retainedBytes],
    ['messages/stored/count', figures.storedMessages],
    ['messages/stored/bytes', figures.storedBytes],
    ['messages/received', figures.messagesReceived],
    ['messages/sent', figures.messagesSent],
    ['messages/dropped', figures.messagesDropped],
    ['packets/received', figures.packetsReceived],
    ['bytes/received', figures.bytesReceived],
    ['bytes/sent', figures.bytesSent],
  ]);
  for (const qos of [0, 1, 2] as const) {
    values.set(`messages/qos${qos}/received`, figures.messagesReceivedByQos[qos]);
    values.set(`messages/qos${qos}/sent`, figures.messagesSentByQos[qos]);
  }
  for (const [label, count] of Object.entries(figures.droppedByReason)) values.set(`messages/dropped/${label}`, count);
  for (const [label, count] of Object.entries(figures.deniedByReason)) values.set(`denied/${label}`, count);
  return new Map([...values].map(([topic, value]) => [topic, String(value)]));
}

/** Publishes the statistics, retained, under `$SYS/brokers/`, on this shard. `startedMs` is of the broker. */
export function publishStatistics(shard: Shard, figures: BrokerFigures, startedMs: number): void {
  shard.turn.begin();
  for (const [topic, value] of statistics(figures, shard.turn.nowMs, startedMs)) {
    shard.publish(PREFIX + topic, Buffer.from(value), { retain: true });
  }
}
