import type { Shard } from '@nanomq-ts/core';

/** What clients left in a shard, by name; all 0 when everyone is gone and every session has ended. */
export function keptBy(shard: Shard): Readonly<Record<string, number>> {
  const { sessions, index, messages, wheel, gate, connectionCount } = shard;
  return {
    connections: connectionCount,
    sessions: sessions.size,
    subscriptions: index.size,
    sharedGroups: index.sharedGroupCount,
    messages: messages.size,
    messageBytes: messages.liveBytes,
    timers: wheel.size,
    heldAcknowledgements: gate.heldCount,
  };
}

/** What `keptBy` says of a shard that nobody uses. */
export const NOTHING_KEPT: Readonly<Record<string, number>> = {
  connections: 0,
  sessions: 0,
  subscriptions: 0,
  sharedGroups: 0,
  messages: 0,
  messageBytes: 0,
  timers: 0,
  heldAcknowledgements: 0,
};
