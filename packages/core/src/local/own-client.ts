import type { ProtocolVersion, Qos } from '@nanomq-ts/codec';
import { Connection } from '../connection/connection.ts';
import { ConnectionState } from '../connection/connection-state.ts';
import { DROP_REASON_LABELS, DropReason } from '../observe/drop-reason.ts';
import type { Transport, TransportEvents } from '../ports/transport.ts';
import type { QueueBound } from '../session/message-queue.ts';
import { Session } from '../session/session.ts';
import { Subscription } from '../session/subscription.ts';
import type { Shard } from '../shard.ts';
import { topicKeyOf } from '../topics/topic-key.ts';
import { parseLocalTopicFilter } from './local-topic.ts';

/** What an own client is made with. */
export interface OwnClientOptions {
  readonly clientId: string;
  /** Packet identifiers of what it is sent are at most this. */
  readonly lastPacketId: number;
  /** Bounds of its message queue, the oldest dropped. */
  readonly queueBound: QueueBound;
  /** QoS 0 waits while it is offline. */
  readonly queuesQos0: boolean;
}

/** What holds for one connection of an own client. */
export interface OwnConnectionTerms {
  readonly protocolVersion: ProtocolVersion;
  /** QoS 1 and 2 messages that it takes at once. */
  readonly receiveMaximum: number;
  /** False: it has forgotten what it sent before, so packet identifiers of QoS 2 begin anew. */
  readonly isResumed: boolean;
}

/** A subscription of an own client. */
export interface OwnSubscription {
  readonly topicFilter: string;
  readonly qos: Qos;
  /** What was published with a lower QoS is delivered with this one. */
  readonly raisesQos: boolean;
}

/** What waits for an own client, in flight and queued. */
export interface OwnBacklog {
  readonly messages: number;
  readonly bytes: number;
  /** Number of the oldest; they count up in the order of arrival. Null = nothing waits. */
  readonly oldestSequence: number | null;
}

/**
 * A client that is part of the broker, a bridge for example: the core's session, inflight window and message queue
 * behind a transport of its own. It needs no CONNECT and nobody asks whether it may; the registry of sessions does not
 * hold it, so it is in no list and no event. What it publishes does not come back to it, and between two connections
 * its messages wait.
 */
export class OwnClient {
  readonly #shard: Shard;
  readonly #session: Session;
  #connection: Connection | null = null;
  /** Subscriptions that are still owed their retained messages. */
  readonly #unreplayed = new Set<Subscription>();

  constructor(shard: Shard, { clientId, lastPacketId, queueBound, queuesQos0 }: OwnClientOptions) {
    this.#shard = shard;
    this.#session = new Session(clientId, true);
    this.#session.lastPacketId = lastPacketId;
    this.#session.queueBound = queueBound;
    this.#session.queuesQos0 = queuesQos0;
    this.#session.drops = DROP_REASON_LABELS.map(() => 0);
    this.#session.subscriptions = new Map();
  }

  /** For what tells of clients, `ClientStatus` for example. */
  get session(): Session {
    return this.#session;
  }

  /** Number the next message will have. */
  get nextSequence(): number {
    return this.#session.nextSequence;
  }

  /** What was dropped on the way to it, by `DropReason`. */
  get drops(): readonly number[] {
    return this.#session.drops as number[];
  }

  /** Other rules for what waits, from the next message on. */
  reconfigure({ queueBound, queuesQos0 }: Pick<OwnClientOptions, 'queueBound' | 'queuesQos0'>): void {
    const session = this.#session;
    session.queueBound = queueBound;
    if (session.queuesQos0 === queuesQos0) return;
    this.#begin();
    session.queuesQos0 = queuesQos0;
    this.#outdateRoutes();
  }

  /** Walks over what is in flight; not for the message path. */
  get backlog(): OwnBacklog {
    const { window, queue } = this.#session;
    const inFlight = window === null ? [] : window.recordsInOrder();
    let bytes = queue?.bytes ?? 0;
    for (const record of inFlight) bytes += this.#shard.messages.lengthOf((window?.itemAt(record) ?? 0) >> 4);
    const first = inFlight[0];
    const isQueued = queue !== null && queue.length > 0;
    const oldestQueued = isQueued ? queue.firstSequence : null;
    const oldestSequence = first === undefined ? oldestQueued : (window?.sequenceAt(first) ?? null);
    return { messages: inFlight.length + (queue?.length ?? 0), bytes, oldestSequence };
  }

  /**
   * Adds or replaces a subscription. Retained messages follow once: now, or with the first connection.
   * @throws MqttError TOPIC_FILTER_INVALID (0x8F)
   */
  subscribe({ topicFilter, qos, raisesQos }: OwnSubscription): void {
    const shard = this.#shard;
    const { filter, shareName, hasWildcard } = parseLocalTopicFilter(topicFilter, shard.options.maxTopicLevels);
    this.#begin();
    this.unsubscribe(topicFilter);
    const options = { qos, retainAsPublished: true, noLocal: true, subscriptionIdentifier: 0 };
    const subscription = new Subscription(this.#session, topicFilter, topicKeyOf(filter), hasWildcard, options);
    subscription.raisesQos = raisesQos;
    this.#session.subscriptions?.set(topicFilter, subscription);
    shard.index.add(subscription, shareName);
    if (shareName !== '') return;
    if (this.#connection === null) this.#unreplayed.add(subscription);
    else shard.retained.replay(this.#connection, subscription);
  }

  /** Ends a subscription; what waits already still goes out. */
  unsubscribe(topicFilter: string): void {
    const subscription = this.#session.subscriptions?.get(topicFilter);
    if (subscription === undefined) return;
    this.#begin();
    this.#session.subscriptions?.delete(topicFilter);
    this.#unreplayed.delete(subscription);
    this.#shard.index.remove(subscription);
  }

  /**
   * It is connected: what was in flight goes out again, then what waits.
   * @returns what the transport calls; `closed` ends the connection, not the client
   */
  attach(transport: Transport, { protocolVersion, receiveMaximum, isResumed }: OwnConnectionTerms): TransportEvents {
    const shard = this.#shard;
    const session = this.#session;
    this.#begin();
    const connection = new Connection(shard, transport);
    connection.protocolVersion = protocolVersion;
    connection.isVersion5 = protocolVersion === 5;
    connection.state = ConnectionState.Connected;
    connection.connectedAtMs = shard.turn.nowMs;
    // Its transport has measured what came from outside, and may have added to it since.
    connection.reader.maxPacketBytes = Number.POSITIVE_INFINITY;
    connection.session = session;
    if (!isResumed) session.inboundIds = null;
    connection.inheritedIds = session.inboundIds?.size ?? 0;
    this.#setLayout(protocolVersion);
    session.connection = connection;
    session.connectedAtMs = shard.turn.nowMs;
    session.windowLimit = Math.min(receiveMaximum, shard.options.maxInflightMessages);
    this.#connection = connection;
    shard.interest?.onlineChanged(session);
    shard.outbound.resume(session);
    for (const subscription of this.#unreplayed) shard.retained.replay(connection, subscription);
    this.#unreplayed.clear();
    return {
      received: (chunk, length) => connection.received(chunk, length),
      drained: () => connection.drained(),
      closed: () => this.#closed(connection),
    };
  }

  /** Ends the client: its subscriptions go, and what waits is dropped and counted. */
  close(): void {
    const shard = this.#shard;
    const session = this.#session;
    this.#begin();
    if (this.#connection !== null) this.#closed(this.#connection);
    for (const topicFilter of [...(session.subscriptions?.keys() ?? [])]) this.unsubscribe(topicFilter);
    const waiting = (session.queue?.length ?? 0) + (session.window?.count ?? 0);
    if (waiting > 0) shard.counters.dropFor(session, DropReason.SessionEnded, waiting);
    shard.outbound.discard(session);
  }

  /** What is still collected for it goes by what holds until now. */
  #begin(): void {
    this.#shard.turn.begin();
    this.#shard.deliver.seal();
  }

  #setLayout(protocolVersion: ProtocolVersion): void {
    const session = this.#session;
    if (session.protocolVersion === protocolVersion) return;
    session.protocolVersion = protocolVersion;
    this.#outdateRoutes();
  }

  #outdateRoutes(): void {
    for (const { filterKey, hasWildcard } of this.#session.subscriptions?.values() ?? []) {
      this.#shard.index.changed(filterKey, hasWildcard);
    }
  }

  #closed(connection: Connection): void {
    connection.closed();
    if (this.#connection !== connection) return;
    this.#connection = null;
    this.#shard.interest?.onlineChanged(this.#session);
  }
}
