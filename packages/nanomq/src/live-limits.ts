import type { MqttConfig } from '@nanomq-ts/config';

type LimitName = {
  [Name in keyof MqttConfig]: MqttConfig[Name] extends number ? Name : never;
}[keyof MqttConfig];

/**
 * Keys of the configuration that a running shard obeys as soon as they change, because it reads them at the time of
 * use. Those a client was told of or that were agreed on in CONNECT (packet size, inflight window, keep alive, session
 * expiry) hold for connections made from then on. Not here, so they wait for a restart: what the core copies when it
 * is made, and `max_topic_alias` and `max_receive`, which clients were promised in CONNACK.
 */
export const LIVE_LIMITS: Readonly<Record<string, LimitName>> = {
  'mqtt.property_size': 'maxUserProperties',
  'mqtt.max_packet_size': 'maxPacketBytes',
  'mqtt.max_connect_packet_size': 'maxConnectPacketBytes',
  'mqtt.max_mqueue_len': 'queueLimitMessages',
  'mqtt.max_mqueue_bytes': 'queueLimitBytes',
  'mqtt.retry_interval': 'retryIntervalMs',
  'mqtt.keepalive_multiplier': 'keepAliveMultiplier',
  'mqtt.max_inflight_window': 'maxInflightMessages',
  'mqtt.max_awaiting_rel': 'maxAwaitingRel',
  'mqtt.server_keepalive': 'serverKeepAliveSeconds',
  'mqtt.max_session_expiry_interval': 'maxSessionExpirySeconds',
  'mqtt.max_subscriptions': 'maxSubscriptions',
  'mqtt.max_connections': 'maxConnections',
  'mqtt.connect_timeout': 'connectTimeoutMs',
  'mqtt.max_outbuffer_bytes': 'maxOutBufferBytes',
  'mqtt.max_retained_count': 'maxRetainedMessages',
  'mqtt.max_retained_bytes': 'maxRetainedBytes',
  'mqtt.max_connections_per_address': 'maxConnectionsPerAddress',
  'mqtt.max_handshakes': 'maxHandshakes',
  'mqtt.max_message_rate': 'maxMessagesPerSecond',
  'mqtt.max_byte_rate': 'maxBytesPerSecond',
  'mqtt.max_loop_delay': 'maxLoopDelayMs',
  'mqtt.denial_log_interval': 'denialLogIntervalMs',
  'mqtt.flapping.max_disconnects': 'flappingDisconnects',
  'mqtt.flapping.window': 'flappingWindowMs',
  'mqtt.flapping.ban_time': 'flappingBanMs',
};

/** The options of a running shard: the same object for its whole life, changed in place. */
export type ChangeableLimits = { -readonly [Name in keyof MqttConfig]: MqttConfig[Name] };

/** Copies the live limits of `from` into `limits`; the rest stays as it was. */
export function changeLimits(limits: ChangeableLimits, from: MqttConfig): void {
  for (const name of Object.values(LIVE_LIMITS)) limits[name] = from[name];
}
