import { authConfig } from './build-auth.ts';
import { bridgesConfig } from './build-bridges.ts';
import { listenersConfig } from './build-listeners.ts';
import { deepFreeze } from './deep-freeze.ts';
import { httpServerConfig } from './http-server-config.ts';
import type { LogConfig, MqttConfig, NanomqConfig, TaskqConfig } from './nanomq-config.ts';
import type { CheckedConfig } from './schema/config-schema.ts';
import type { SectionPresence } from './section-presence.ts';
import type { SettingTree } from './setting-tree.ts';

/** Gives the checked configuration the names and units the broker uses. @param tree  where each value came from */
export function buildConfig(checked: CheckedConfig, presence: SectionPresence, tree: SettingTree): NanomqConfig {
  return deepFreeze({
    profile: checked.profile,
    listeners: listenersConfig(checked, presence),
    mqtt: mqttConfig(checked.mqtt),
    auth: authConfig(checked, presence, tree),
    log: logConfig(checked.log),
    bridges: bridgesConfig(checked),
    taskq: taskqConfig(checked.system),
    httpServer: presence.isOn(checked, 'http_server') ? httpServerConfig(checked.http_server) : null,
  });
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
    maxConnectionsPerAddress: mqtt.max_connections_per_address,
    maxHandshakes: mqtt.max_handshakes,
    maxMessagesPerSecond: mqtt.max_message_rate,
    maxBytesPerSecond: mqtt.max_byte_rate,
    maxLoopDelayMs: mqtt.max_loop_delay,
    denialLogIntervalMs: mqtt.denial_log_interval,
    flappingDisconnects: mqtt.flapping.max_disconnects,
    flappingWindowMs: mqtt.flapping.window,
    flappingBanMs: mqtt.flapping.ban_time,
  };
}

function taskqConfig(system: CheckedConfig['system']): TaskqConfig {
  return {
    shards: system.num_taskq_thread,
    maxShards: system.max_taskq_thread,
    maxOpenQuestions: system.parallel,
    usesBatchScheduling: system.batch_scheduling,
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
