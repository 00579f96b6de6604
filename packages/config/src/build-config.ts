import type { LogConfig, MqttConfig, NanomqConfig, TcpListenerConfig } from './nanomq-config.ts';
import type { BindAddress } from './schema/address.ts';
import type { CheckedConfig } from './schema/config-schema.ts';

/** What the checked values alone do not tell. */
export interface ListenerFacts {
  /** `listeners` stands in the file, so that TCP must be named there to be opened. */
  readonly listenersInFile: boolean;
  /** Somebody set `listeners.tcp.bind`. */
  readonly bindIsSet: boolean;
}

/** Gives the checked configuration the names and units the broker uses. */
export function buildConfig(checked: CheckedConfig, facts: ListenerFacts): NanomqConfig {
  return deepFreeze({
    listeners: { tcp: tcpListeners(checked, facts) },
    mqtt: mqttConfig(checked.mqtt),
    auth: { allowAnonymous: checked.auth.allow_anonymous },
    log: logConfig(checked.log),
  });
}

const DEFAULT_TCP = { bind: { host: '0.0.0.0', port: 1883 }, enable: true };

function tcpListeners(checked: CheckedConfig, facts: ListenerFacts): TcpListenerConfig[] {
  const tcp = checked.listeners?.tcp ?? (facts.listenersInFile ? undefined : DEFAULT_TCP);
  if (tcp === undefined) return [];
  const { bind, enable, ...named } = tcp as typeof DEFAULT_TCP & Record<string, { bind: BindAddress; enable: boolean }>;
  const further = Object.entries(named).map(([name, listener]) => ({
    name,
    ...listener.bind,
    enable: listener.enable,
  }));
  // Whoever names listeners has chosen the addresses; opening every interface on 1883 beside them would surprise.
  if (further.length > 0 && !facts.bindIsSet) return further;
  return [{ name: 'default', ...bind, enable }, ...further];
}

function mqttConfig(mqtt: CheckedConfig['mqtt']): MqttConfig {
  return {
    maxUserProperties: mqtt.property_size,
    maxPacketBytes: mqtt.max_packet_size,
    maxConnectPacketBytes: mqtt.max_connect_packet_size,
    queueLimitMessages: mqtt.max_mqueue_len,
    queueLimitBytes: mqtt.max_mqueue_bytes,
    maxTopicAlias: mqtt.max_topic_alias,
    retryIntervalMs: mqtt.retry_interval,
    keepAliveMultiplier: mqtt.keepalive_multiplier,
    maxInflightMessages: mqtt.max_inflight_window,
    receiveMaximum: mqtt.max_receive,
    maxAwaitingRel: mqtt.max_awaiting_rel,
    awaitRelTimeoutMs: mqtt.await_rel_timeout,
    batchResend: mqtt.batch_resend,
    serverKeepAliveSeconds: Math.ceil(mqtt.server_keepalive / 1000),
    maxSessionExpirySeconds: Math.ceil(mqtt.max_session_expiry_interval / 1000),
    sharedSubscriptionStrategy: mqtt.shared_subscription_strategy,
    maxTopicLevels: mqtt.max_topic_levels,
    maxSubscriptions: mqtt.max_subscriptions,
    maxConnections: mqtt.max_connections,
    connectTimeoutMs: mqtt.connect_timeout,
    queueQos0: mqtt.queue_qos0,
    maxOutBufferBytes: mqtt.max_outbuffer_bytes,
    maxRetainedMessages: mqtt.max_retained_count,
    maxRetainedBytes: mqtt.max_retained_bytes,
    routeCacheEntries: mqtt.route_cache_entries,
    sysIntervalMs: mqtt.sys_interval,
  };
}

function logConfig(log: CheckedConfig['log']): LogConfig {
  const targets = log.to.filter((target) => target === 'console' || target === 'file');
  return {
    // A broker that logs nowhere leaves its operator blind.
    targets: targets.length === 0 ? ['console'] : targets,
    level: log.level,
    dir: log.dir,
    file: log.file,
    rotationBytes: log.rotation.size,
    rotationFiles: log.rotation.count,
  };
}

function deepFreeze<T extends object>(value: T): T {
  for (const member of Object.values(value)) {
    if (typeof member === 'object' && member !== null) deepFreeze(member);
  }
  return Object.freeze(value);
}
