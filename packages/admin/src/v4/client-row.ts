import type { ClientView } from '@nanomq-ts/core';
import type { ClientRow } from './client-schemas.ts';
import { isoTime } from './reply-schemas.ts';

/** From here on a session never expires. @see MQTT 5.0, 3.1.2.11.2 */
const NEVER_EXPIRES = 0xffff_ffff;

/** The protocol name of a client's CONNECT. @see MQTT 3.1, 3.1; MQTT 5.0, 3.1.2.1 */
export function protocolName({ protocolVersion }: ClientView): 'MQTT' | 'MQIsdp' {
  return protocolVersion === 3 ? 'MQIsdp' : 'MQTT';
}

/** A client as API v4 shows it. */
export function clientRow(client: ClientView): ClientRow {
  const { will, sessionExpirySeconds } = client;
  return {
    client_id: client.clientId,
    username: client.username,
    keepalive: client.keepAliveSeconds,
    conn_state: client.isOnline ? 'connected' : 'disconnected',
    clean_start: client.cleanStart,
    proto_name: protocolName(client),
    proto_ver: client.protocolVersion,
    recv_msg: client.receivedMessages,
    ...(will === null ? {} : { will_topic: will.topicName, will_msg: will.payload.toString('utf8') }),
    remote_address: client.remoteAddress,
    listener: client.listener,
    connected_at: isoTime(client.connectedAtMs),
    session_expiry_interval: sessionExpirySeconds >= NEVER_EXPIRES ? null : sessionExpirySeconds,
    subscriptions: client.subscriptionCount,
    inflight: client.inflightMessages,
    queued: client.queuedMessages,
  };
}
