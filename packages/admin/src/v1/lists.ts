import type { BrokerFigures, ClientSubscriptions, ClientSummary, TopicTreeNode } from '@nanomq-ts/core';

/** `data` of req 2. `message_drop` holds messages without a receiver and those dropped by a limit. */
export function statisticsRow(figures: BrokerFigures): Readonly<Record<string, number>> {
  return {
    client_size: figures.subscribers,
    message_in: figures.messagesReceived,
    message_out: figures.messagesSent,
    message_drop: figures.messagesDropped,
  };
}

/** An element of `data` of req 4. */
export function subscriptionsRow({ clientId, subscriptions }: ClientSubscriptions): object {
  return {
    client_id: clientId,
    subscriptions: subscriptions.map(({ topicFilter, qos }) => ({ topic: topicFilter, qos })),
  };
}

/** An element of `data` of req 5. */
export function clientRow(client: ClientSummary): object {
  return {
    client_id: client.clientId,
    username: client.username,
    keepalive: client.keepAliveSeconds,
    protocol: client.protocolVersion,
    connect_status: client.isOnline ? 1 : 0,
    message_receive: client.receivedMessages,
  };
}

/** A level of `data` of req 13. */
export function treeLevel(nodes: readonly TopicTreeNode[]): object[] {
  return nodes.map(({ level, childCount, clientIds }) => ({
    topic: level,
    cld_cnt: childCount,
    ...(clientIds.length === 0 ? {} : { client_id: clientIds }),
  }));
}
