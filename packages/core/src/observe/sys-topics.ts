import type { Shard } from '../shard.ts';
import { DENIAL_REASON_LABELS } from './denial-reason.ts';
import { DROP_REASON_LABELS } from './drop-reason.ts';

const PREFIX = '$SYS/brokers/';

/** The statistics topics and their values now, without the `$SYS/brokers/` in front. */
export function statistics(shard: Shard, startedMs: number): ReadonlyMap<string, string> {
  const { counters, sessions, index, retained, messages, turn } = shard;
  const values = new Map<string, number | string>([
    ['uptime', Math.floor((turn.nowMs - startedMs) / 1000)],
    ['datetime', new Date(turn.nowMs).toISOString()],
    ['connections/count', sessions.onlineCount],
    ['sessions/count', sessions.size],
    ['subscriptions/count', index.size],
    ['subscriptions/shared/count', index.sharedGroupCount],
    ['retained/count', retained.size],
    ['retained/bytes', retained.bytes],
    ['messages/stored/count', messages.size],
    ['messages/stored/bytes', messages.liveBytes],
    ['messages/received', counters.publishReceived],
    ['messages/sent', counters.publishSent],
    ['messages/dropped', counters.droppedTotal],
    ['packets/received', counters.packetsReceived],
    ['bytes/received', counters.bytesReceived],
    ['bytes/sent', counters.bytesSent],
  ]);
  for (const qos of [0, 1, 2] as const) {
    values.set(`messages/qos${qos}/received`, counters.publishReceivedByQos[qos]);
    values.set(`messages/qos${qos}/sent`, counters.publishSentByQos[qos]);
  }
  DROP_REASON_LABELS.forEach((label, i) => {
    values.set(`messages/dropped/${label}`, counters.dropped[i] as number);
  });
  DENIAL_REASON_LABELS.forEach((label, i) => {
    values.set(`denied/${label}`, counters.denied[i] as number);
  });
  return new Map([...values].map(([topic, value]) => [topic, String(value)]));
}

/** Publishes the statistics, retained, under `$SYS/brokers/`. */
export function publishStatistics(shard: Shard, startedMs: number): void {
  for (const [topic, value] of statistics(shard, startedMs)) {
    shard.publish(PREFIX + topic, Buffer.from(value), { retain: true });
  }
}
