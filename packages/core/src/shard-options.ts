import type { LimitOptions } from './limits/limit-options.ts';
import type { ShareStrategy } from './routing/member-choice.ts';

/** Limits and settings of a shard; the `mqtt` section of the configuration has this form. 0 = unlimited or off where noted. */
export interface ShardOptions extends Partial<LimitOptions> {
  readonly maxUserProperties: number;
  /** Largest packet accepted from a client. */
  readonly maxPacketBytes: number;
  /** Largest packet before CONNECT is accepted. */
  readonly maxConnectPacketBytes: number;
  /** Message queue of one session. */
  readonly queueLimitMessages: number;
  /** 0 = unlimited. */
  readonly queueLimitBytes: number;
  /** QoS 0 messages wait for offline sessions too. */
  readonly queueQos0: boolean;
  /** Topic aliases a client may use. */
  readonly maxTopicAlias: number;
  /** MQTT 3.x resend interval. */
  readonly retryIntervalMs: number;
  readonly keepAliveMultiplier: number;
  /** Bound on a session's inflight window. */
  readonly maxInflightMessages: number;
  /** Receive maximum offered to clients. */
  readonly receiveMaximum: number;
  /** Inbound QoS 2 messages between PUBLISH and PUBREL, per session. */
  readonly maxAwaitingRel: number;
  /** 0 = the client's own keep alive applies. */
  readonly serverKeepAliveSeconds: number;
  /** 0 = as the client asks. */
  readonly maxSessionExpirySeconds: number;
  readonly sharedSubscriptionStrategy: ShareStrategy;
  readonly maxTopicLevels: number;
  /** Per session; 0 = unlimited. */
  readonly maxSubscriptions: number;
  /** 0 = unlimited. */
  readonly maxConnections: number;
  readonly connectTimeoutMs: number;
  /** Bytes waiting for a slow receiver before its QoS 0 is dropped and its QoS 1/2 queued. */
  readonly maxOutBufferBytes: number;
  /** 0 = unlimited. */
  readonly maxRetainedMessages: number;
  /** 0 = unlimited. */
  readonly maxRetainedBytes: number;
  readonly routeCacheEntries: number;
  /** Told to bridges of other brokers, so that they know where a message has been; absent = nothing is told. */
  readonly brokerId?: string;
  /** 0 = no statistics topics. */
  readonly sysIntervalMs: number;
}
