import type { AuthConfig } from './auth-config.ts';
import type { BridgeConfig } from './bridges-config.ts';
import type { ListenersConfig } from './listeners-config.ts';
import type { AUTH_TYPES, JWT_ALGORITHMS } from './schema/http-server-section.ts';
import type { LOG_LEVELS } from './schema/log-section.ts';
import type { SHARED_STRATEGIES } from './schema/mqtt-section.ts';
import type { ProfileName } from './schema/profile-setting.ts';

/** Least severe level printed. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How a shared subscription chooses the member that gets a message. */
export type SharedSubscriptionStrategy = (typeof SHARED_STRATEGIES)[number];

/** Section `mqtt` with units in the names. Where 0 has a meaning of its own it is said. */
export interface MqttConfig {
  /** `property_size`: user properties a packet may carry. */
  readonly maxUserProperties: number;
  readonly maxPacketBytes: number;
  /** Before CONNECT is accepted. */
  readonly maxConnectPacketBytes: number;
  /** `max_mqueue_len`: messages waiting for one client. */
  readonly queueLimitMessages: number;
  /** `max_mqueue_bytes`: bytes waiting for one client. */
  readonly queueLimitBytes: number;
  /** 0: no topic aliases. */
  readonly maxTopicAlias: number;
  /** MQTT 3 only; 0: resend on reconnect only. */
  readonly retryIntervalMs: number;
  readonly keepAliveMultiplier: number;
  /** `max_inflight_window`: unacknowledged messages sent to one client. */
  readonly maxInflightMessages: number;
  /** `max_receive`: receive maximum offered to MQTT 5 clients. */
  readonly receiveMaximum: number;
  /** `max_awaiting_rel`: inbound QoS 2 messages of one client that await PUBREL. */
  readonly maxAwaitingRel: number;
  /** 0: as the client asks. */
  readonly serverKeepAliveSeconds: number;
  /** 0: as the client asks. */
  readonly maxSessionExpirySeconds: number;
  readonly sharedSubscriptionStrategy: SharedSubscriptionStrategy;
  readonly maxTopicLevels: number;
  /** Per client; 0: unlimited. */
  readonly maxSubscriptions: number;
  /** 0: unlimited. */
  readonly maxConnections: number;
  readonly connectTimeoutMs: number;
  readonly queueQos0: boolean;
  /** Bytes buffered for a slow receiver before its QoS 0 messages are dropped. */
  readonly maxOutBufferBytes: number;
  /** 0: unlimited. */
  readonly maxRetainedMessages: number;
  /** 0: unlimited. */
  readonly maxRetainedBytes: number;
  /** 0: no route cache. */
  readonly routeCacheEntries: number;
  /** 0: no `$SYS` statistics. */
  readonly sysIntervalMs: number;
  /** 0: unlimited. IPv6: from one /64 network. */
  readonly maxConnectionsPerAddress: number;
  /** Connections without CONNACK; 0: unlimited. */
  readonly maxHandshakes: number;
  /** From one client; 0: unlimited. */
  readonly maxMessagesPerSecond: number;
  /** From one client; 0: unlimited. */
  readonly maxBytesPerSecond: number;
  /** New connections wait while the event loop is later; 0: never. */
  readonly maxLoopDelayMs: number;
  /** 0: every refusal is logged. */
  readonly denialLogIntervalMs: number;
  /** So many within `flappingWindowMs` ban a client identifier for `flappingBanMs`; 0: never. */
  readonly flappingDisconnects: number;
  readonly flappingWindowMs: number;
  readonly flappingBanMs: number;
}

/** Section `log`. */
export interface LogConfig {
  /** At least one; targets that are not used yet are left out (a warning says so). */
  readonly targets: readonly ('console' | 'file')[];
  readonly level: LogLevel;
  /** Directory of the log file, relative to the working directory of the process. */
  readonly dir: string;
  readonly file: string;
  readonly rotationBytes: number;
  /** Log files kept. */
  readonly rotationFiles: number;
}

/** How a caller of the HTTP API is known. */
export type HttpAuthType = (typeof AUTH_TYPES)[number];

/** The key for tokens. The algorithm decides which of the two is used; that one is not null. */
export interface JwtConfig {
  readonly algorithm: (typeof JWT_ALGORITHMS)[number];
  /** PEM file for all but HS256, relative to the working directory of the process; its base name is the `iss`. */
  readonly keyFile: string | null;
  /** For HS256. */
  readonly secret: string | null;
}

/** Section `http_server`. */
export interface HttpServerConfig {
  /** Without brackets. */
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly authType: HttpAuthType;
  /** Requests handled at once; more wait. */
  readonly maxConcurrentRequests: number;
  readonly maxBodyBytes: number;
  /** Not null with `authType` `jwt`. */
  readonly jwt: JwtConfig | null;
  /** API v1 shows "******" in place of secrets, and takes it as "unchanged". */
  readonly redactSecrets: boolean;
  /** `host` is the loopback because `ip_addr` is not set and everybody could guess how to get in. */
  readonly isLoopbackByDefault: boolean;
}

/** Of section `system`, what concerns the threads. */
export interface TaskqConfig {
  /** `num_taskq_thread`: shards at the start. 1: in the main thread; 0: one for each core. */
  readonly shards: number;
  /** `max_taskq_thread`; 0: one for each core. */
  readonly maxShards: number;
  /** `parallel`: questions about clients that a shard has open at once; 0: any number. */
  readonly maxOpenQuestions: number;
  /** `batch_scheduling`: threads of several shards run with Linux' SCHED_BATCH. */
  readonly usesBatchScheduling: boolean;
}

/** The whole configuration as the broker takes it; frozen through and through. */
export interface NanomqConfig {
  /** Whose defaults hold. */
  readonly profile: ProfileName;
  readonly listeners: ListenersConfig;
  readonly mqtt: MqttConfig;
  readonly auth: AuthConfig;
  readonly log: LogConfig;
  /** `bridges.mqtt`, those that are off too. */
  readonly bridges: readonly BridgeConfig[];
  readonly taskq: TaskqConfig;
  /** Null: no HTTP API. */
  readonly httpServer: HttpServerConfig | null;
}
