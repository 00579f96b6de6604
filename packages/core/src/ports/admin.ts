import type { ProtocolVersion, Qos } from '@nanomq-ts/codec';

/** Shown about a client: a session and, while it is online, its connection. A copy; safe to keep. */
export interface ClientView {
  readonly clientId: string;
  /** '' when the client gave none. */
  readonly username: string;
  readonly isOnline: boolean;
  readonly remoteAddress: string;
  /** Name of the listener, `tcp:default`; '' while offline. */
  readonly listener: string;
  readonly protocolVersion: ProtocolVersion;
  readonly keepAliveSeconds: number;
  readonly cleanStart: boolean;
  readonly sessionExpirySeconds: number;
  /** Milliseconds since 1970 of the last CONNECT. */
  readonly connectedAtMs: number;
  /** PUBLISH packets received from it. */
  readonly receivedMessages: number;
  readonly subscriptionCount: number;
  /** Outbound QoS 1 and 2 that await an acknowledgement, and what waits behind them. */
  readonly inflightMessages: number;
  readonly queuedMessages: number;
  readonly will: { readonly topicName: string; readonly payload: Buffer } | null;
}

/** The little about a client that a list of all of them shows. Safe to keep. */
export type ClientSummary = Pick<
  ClientView,
  'clientId' | 'username' | 'isOnline' | 'protocolVersion' | 'keepAliveSeconds' | 'receivedMessages'
>;

/** One subscription of a session. */
export interface SubscriptionView {
  readonly clientId: string;
  /** As the client wrote it, with `$share/name/`. */
  readonly topicFilter: string;
  readonly qos: Qos;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  /** 0 = none. */
  readonly subscriptionIdentifier: number;
}

/** A client and all its subscriptions, in the order they were made. */
export interface ClientSubscriptions {
  readonly clientId: string;
  readonly subscriptions: readonly SubscriptionView[];
}

/** What a client must be to be listed; every field given must hold. */
export interface ClientCriteria {
  readonly clientId?: string;
  readonly username?: string;
  readonly isOnline?: boolean;
  readonly cleanStart?: boolean;
  readonly protocolVersion?: ProtocolVersion;
}

/** What a subscription must be to be listed; every field given must hold. */
export interface SubscriptionCriteria {
  readonly clientId?: string;
  /** The filter exactly as subscribed. */
  readonly topicFilter?: string;
  readonly qos?: Qos;
  readonly shareName?: string;
}

/** A level of a filter in the topic tree. `clientIds` are those whose filter ends here. */
export interface TopicTreeNode {
  readonly level: string;
  readonly childCount: number;
  readonly clientIds: readonly string[];
}

/** A retained message. `payload` is a copy. */
export interface RetainedView {
  readonly topicName: string;
  readonly qos: Qos;
  readonly payload: Buffer;
  /** Milliseconds since 1970; Infinity = never. */
  readonly expiresAtMs: number;
}

/** What the broker publishes on somebody's behalf. `properties` are checked like those of a client. */
export interface AdminPublish {
  /** The publisher as Access and No Local see it; no session need exist. */
  readonly clientId: string;
  readonly topicName: string;
  readonly payload: Buffer;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly properties: AdminPublishProperties;
}

/** MQTT 5.0, 3.3.2.3. */
export interface AdminPublishProperties {
  readonly payloadFormat?: 0 | 1;
  readonly messageExpirySeconds?: number;
  readonly responseTopic?: string;
  readonly correlationData?: Buffer;
  readonly contentType?: string;
  readonly userProperties?: readonly (readonly [name: string, value: string])[];
}

/** Figures of the whole broker. Counters only grow. */
export interface BrokerFigures {
  /** Clients online. */
  readonly connections: number;
  /** Sessions, offline ones too. */
  readonly sessions: number;
  /** Clients that have subscriptions. */
  readonly subscribers: number;
  readonly subscriptions: number;
  readonly sharedSubscriptions: number;
  /** Distinct share names and filters together. */
  readonly sharedGroups: number;
  /** Distinct topic filters subscribed to. */
  readonly topics: number;
  readonly retainedMessages: number;
  readonly retainedBytes: number;
  /** Messages held for sessions, and their bytes. */
  readonly storedMessages: number;
  readonly storedBytes: number;
  readonly messagesReceived: number;
  readonly messagesSent: number;
  readonly messagesReceivedByQos: readonly [number, number, number];
  readonly messagesSentByQos: readonly [number, number, number];
  /** All of `droppedByReason` together. */
  readonly messagesDropped: number;
  /** Label of the reason -> messages. */
  readonly droppedByReason: Readonly<Record<string, number>>;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly packetsReceived: number;
  readonly connectionsAccepted: number;
  readonly connectionsRefused: number;
  readonly connectionsFailed: number;
  /** Why connections, and requests that cost them nothing more, were turned down. Label of the reason -> times. */
  readonly deniedByReason: Readonly<Record<string, number>>;
  /** Times the reading of a client was paused by its message or byte rate. */
  readonly ratePauses: number;
  /** Times the reading of a client was paused because it left its answers unread. */
  readonly unreadPauses: number;
  /** Connections that had to wait because the event loop was late, and how often it became so late. */
  readonly connectionsDelayed: number;
  readonly overloads: number;
  /** Clients banned because they came and went too often. */
  readonly flappingBans: number;
  /** Log lines about clients left out by the limit of one per client and interval. */
  readonly logLinesSuppressed: number;
  readonly keepAliveTimeouts: number;
  readonly takeovers: number;
  readonly sessionsExpired: number;
  readonly unknownAcknowledgements: number;
  /** Connections online by `protocolVersion`, and by listener name. */
  readonly connectionsByProtocol: Readonly<Record<string, number>>;
  readonly connectionsByListener: Readonly<Record<string, number>>;
  /** By the number of the shard whose session they are. */
  readonly connectionsByShard: Readonly<Record<string, number>>;
  /** Time from a QoS 1 or 2 PUBLISH to its PUBACK or PUBREC. */
  readonly acknowledgementLatency: LatencyHistogram;
  /** Shards that clients are connected to. */
  readonly shards: number;
  /** Shards that ended by a fault, with their clients. */
  readonly shardsLost: number;
}

/** `counts[i]` are the observations of at most `boundsMs[i]` not in an earlier bucket; the last count has no bound. */
export interface LatencyHistogram {
  readonly boundsMs: readonly number[];
  readonly counts: readonly number[];
  readonly sumMs: number;
}

/** What happened, as it is told to `events` listeners. */
export type AdminEvent =
  | { readonly type: 'connected'; readonly atMs: number; readonly client: ClientView }
  | { readonly type: 'disconnected'; readonly atMs: number; readonly clientId: string; readonly reasonCode: number }
  | { readonly type: 'subscribed'; readonly atMs: number; readonly subscription: SubscriptionView }
  | { readonly type: 'unsubscribed'; readonly atMs: number; readonly clientId: string; readonly topicFilter: string }
  /** At most one a second and reason: messages dropped since the last one. */
  | { readonly type: 'dropped'; readonly atMs: number; readonly reason: string; readonly count: number };

/** Why an order concerning one client was not carried out. */
export type ClientOrderFailure = 'unknown-client' | 'offline';

/**
 * The live state of the whole broker for administration, asynchronous because it may be spread over shards. Lists come
 * in batches of at most 100 with a turn of the event loop between them, so that ten thousand clients hold nobody up;
 * what changes during the walk may or may not be seen.
 * @throws AdminError (rejects, with a `code`) SHARD_TIMEOUT when a shard does not answer in time
 */
export interface AdminPort {
  figures(): Promise<BrokerFigures>;
  clients(criteria: ClientCriteria): AsyncIterable<readonly ClientView[]>;
  /** Of all clients. What has not changed may be given again, the same summary and the same batch. */
  clientSummaries(): AsyncIterable<readonly ClientSummary[]>;
  /** Sessions with at least one subscription. */
  clientSubscriptions(): AsyncIterable<readonly ClientSubscriptions[]>;
  subscriptions(criteria: SubscriptionCriteria): AsyncIterable<readonly SubscriptionView[]>;
  /** Levels of the tree from the root (`''`) down; shared filters stand under `$share`. */
  topicTree(): Promise<readonly (readonly TopicTreeNode[])[]>;
  /** Disconnects with 0x98 Administrative action; the session ends as its expiry says. */
  kick(clientId: string): Promise<'kicked' | ClientOrderFailure>;
  /** @throws AdminError INVALID_MESSAGE naming the fault in topic name or properties; NOT_AUTHORIZED */
  publish(message: AdminPublish): Promise<void>;
  /** Subscribes an existing session. @throws AdminError INVALID_FILTER */
  subscribe(clientId: string, topicFilter: string, qos: Qos): Promise<'subscribed' | 'unknown-client'>;
  unsubscribe(clientId: string, topicFilter: string): Promise<'unsubscribed' | 'unknown-client' | 'unknown-filter'>;
  /** Retained messages whose topic name matches; `#` lists all but `$` topics. @throws AdminError INVALID_FILTER */
  retained(topicFilter: string): AsyncIterable<readonly RetainedView[]>;
  retainedMessage(topicName: string): Promise<RetainedView | undefined>;
  /** @returns how many were deleted. @throws AdminError INVALID_FILTER */
  deleteRetained(topicFilter: string): Promise<number>;
  /** Tells `listener` from now on. @returns what takes the listener off */
  events(listener: (event: AdminEvent) => void): () => void;
}
