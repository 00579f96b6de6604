import { AckFrame, PublishFrame, PublishProperties, ReasonCode } from '@nanomq-ts/codec';
import { ReceiveCheck } from './access/receive-check.ts';
import { figuresOf } from './admin/figures.ts';
import { BufferPool } from './connection/buffer-pool.ts';
import { Connection } from './connection/connection.ts';
import { FlushQueue } from './connection/flush-queue.ts';
import { closeConnection, endConnection } from './connection/lifecycle.ts';
import { BanTable } from './limits/ban-table.ts';
import { ClientLog } from './limits/client-log.ts';
import { Guard, NOBODY } from './limits/guard.ts';
import { ClientStatus } from './observe/client-status.ts';
import { Counters } from './observe/counters.ts';
import { EventFanOut, type ShardEvents } from './observe/events.ts';
import { publishStatistics } from './observe/sys-topics.ts';
import { LocalInterest } from './peers/local-interest.ts';
import { OutgoingRelays } from './peers/outgoing-relays.ts';
import { PeerSet } from './peers/peer-set.ts';
import { Placements } from './peers/placements.ts';
import type { Access, Principal } from './ports/access.ts';
import type { BanList } from './ports/ban-list.ts';
import type { Clock } from './ports/clock.ts';
import type { Directory } from './ports/directory.ts';
import type { Logger } from './ports/logger.ts';
import type { Store } from './ports/store.ts';
import type { Transport, TransportEvents } from './ports/transport.ts';
import { RetainedMessages } from './retained/retained-messages.ts';
import { RetainedVersions } from './retained/retained-versions.ts';
import { Deliver } from './routing/deliver.ts';
import type { Delivered } from './routing/delivered.ts';
import { RouteCache } from './routing/route-cache.ts';
import { parseFrameAt } from './routing/segment-run.ts';
import { SubscriptionIndex } from './routing/subscription-index.ts';
import { buildPublish } from './session/build-publish.ts';
import { CommitGate } from './session/commit-gate.ts';
import { MessageStore } from './session/message-store.ts';
import { Outbound } from './session/outbound.ts';
import { dropRevokedMessages } from './session/revoked-messages.ts';
import type { Session } from './session/session.ts';
import { SessionRegistry } from './session/session-registry.ts';
import type { ShardOptions } from './shard-options.ts';
import { TimerWheel } from './time/timer-wheel.ts';
import { Turn } from './time/turn.ts';
import { topicKeyOf } from './topics/topic-key.ts';

/** Resolution of keep alive, expiry, will delay and resend, in milliseconds. */
const WHEEL_TICK_MS = 250;

/** What a shard is made from. */
export interface ShardParts {
  /** Limits are read at the time of use, so their owner may change them in this object while the shard runs. */
  readonly options: ShardOptions;
  readonly access: Access;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default: an empty table that nobody keeps. */
  readonly bans?: BanList;
  /** Default: this is the only shard. */
  readonly cluster?: ShardSeatInCluster;
}

/** The place of a shard among others. */
export interface ShardSeatInCluster {
  /** Unique for the life of the broker. */
  readonly shardId: number;
  readonly directory: Directory;
}

/**
 * One broker shard without sockets, threads or files: the parts and how they hang together. Handlers get the shard
 * and use its parts directly; it has hardly any logic of its own.
 */
export class Shard {
  readonly options: ShardOptions;
  readonly access: Access;
  readonly store: Store;
  readonly logger: Logger;
  readonly counters = new Counters();
  readonly bufferPool = new BufferPool();
  readonly flushQueue = new FlushQueue();
  readonly messages = new MessageStore();
  readonly wheel: TimerWheel;
  readonly outbound: Outbound;
  readonly deliver: Deliver;
  readonly turn: Turn;
  readonly routeCache: RouteCache;
  readonly index: SubscriptionIndex;
  readonly sessions: SessionRegistry;
  readonly retained: RetainedMessages;
  readonly receiveCheck: ReceiveCheck;
  readonly gate: CommitGate;
  readonly events: EventFanOut;
  readonly guard: Guard;
  /** 0 where there is one shard. */
  readonly shardId: number;
  readonly peers: PeerSet;
  readonly relays = new OutgoingRelays();
  /** These are null where there is one shard. */
  readonly interest: LocalInterest | null;
  readonly placements: Placements | null;
  /** For what clients bring about; `logger` is for what concerns the broker. */
  readonly clientLog: ClientLog;
  /** Working memory of the handlers, overwritten by each packet. */
  readonly publishFrame = new PublishFrame();
  readonly publishProperties = new PublishProperties();
  readonly ack = new AckFrame();
  readonly #connections = new Set<Connection>();
  readonly #stops: (() => void)[] = [];
  #emptied: (() => void)[] = [];
  readonly #startedMs: number;

  constructor({ options, access, store, clock, logger, bans, cluster }: ShardParts) {
    this.options = options;
    this.access = access;
    this.store = store;
    this.logger = logger;
    this.#startedMs = clock.nowMs();
    this.shardId = cluster?.shardId ?? 0;
    this.peers = new PeerSet(this);
    this.interest = cluster === undefined ? null : new LocalInterest((tell) => this.peers.all.forEach(tell));
    this.placements = cluster === undefined ? null : new Placements(this, cluster.directory);
    this.wheel = new TimerWheel(this.#startedMs, WHEEL_TICK_MS);
    this.outbound = new Outbound(this.messages, this.counters, store, this.wheel, options);
    this.deliver = new Deliver(this.messages, this.outbound, this.counters, options.queueQos0, this.peers.pressure);
    this.turn = new Turn(clock, this.deliver, this.outbound, this.flushQueue, this.peers);
    this.routeCache = new RouteCache(options.routeCacheEntries, options.maxTopicLevels);
    this.index = new SubscriptionIndex(options.sharedSubscriptionStrategy, this.routeCache, this.interest);
    this.receiveCheck = new ReceiveCheck(access, logger);
    this.routeCache.attach(this.index, this.receiveCheck);
    this.sessions = new SessionRegistry(this);
    this.retained = new RetainedMessages({
      store,
      counters: this.counters,
      deliver: this.deliver,
      turn: this.turn,
      options,
      receiveCheck: this.receiveCheck,
      versions: cluster === undefined ? null : new RetainedVersions(this.shardId),
      announce: (...message) => {
        // What is still collected was published before it, and is delivered before it.
        this.deliver.seal();
        for (const peer of this.peers.all) {
          peer.retain(...message);
          this.peers.pressure.told(peer);
        }
      },
    });
    this.gate = new CommitGate(store, () => this.turn.begin());
    this.events = new EventFanOut((err) => logger.error({ err }, 'an event listener failed'));
    this.clientLog = new ClientLog(logger, this.counters, options, this.turn);
    this.guard = new Guard(this, bans ?? new BanTable(), clock, WHEEL_TICK_MS);
    this.events.add(
      new ClientStatus(
        (topic, text) => this.#publishStatus(topic, text),
        () => this.turn.nowMs,
      ),
    );
    if (this.interest !== null) this.events.add(onlineChangesFor(this.interest));
    this.outbound.recheck = (session) => dropRevokedMessages(this, session, false, false);
    access.onChanged?.(() => this.#accessChanged());
    this.#stops.push(clock.every(WHEEL_TICK_MS, () => this.#tick()));
    if (options.sysIntervalMs > 0)
      this.#stops.push(clock.every(options.sysIntervalMs, () => this.#publishStatistics()));
  }

  /** A transport was accepted: the client has `connectTimeoutMs` for its CONNECT, or is turned away at once. */
  accept(transport: Transport): TransportEvents {
    this.turn.begin();
    if (!this.guard.admits(transport)) {
      transport.destroy();
      return NOBODY;
    }
    const connection = new Connection(this, transport);
    this.#connections.add(connection);
    this.wheel.schedule(connection.timer, this.turn.nowMs + this.options.connectTimeoutMs);
    this.guard.entered(connection);
    return connection;
  }

  /** Network connections, CONNECT seen or not. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /**
   * Publishes on behalf of the broker. @param properties encoded PUBLISH properties without their length
   * @throws nothing: the topic name must be valid
   */
  publish(
    topicName: string,
    payload: Buffer,
    options: { qos?: 0 | 1 | 2; retain?: boolean; properties?: Buffer } = {},
  ): Delivered {
    const { qos = 0, retain = false, properties } = options;
    return this.publishOwn(buildPublish(topicKeyOf(topicName), payload, qos, retain, properties));
  }

  /** Publishes a frame made by `buildPublish`. @param publisherId  on whose behalf, for No Local; '' = the broker */
  publishOwn(bytes: Buffer, publisherId = '', publisher: Principal | null = null): Delivered {
    this.turn.begin();
    this.peers.poll();
    this.deliver.seal();
    const frame = new PublishFrame();
    parseFrameAt(frame, bytes, 0, true);
    if (frame.propertiesEnd > frame.propertiesStart) this.#readExpiry(frame);
    const route = this.routeCache.passingRouteFor(frame.topicKey());
    const isTold = frame.retain && this.retained.store(frame, route.topicKey, publisherId, this.publisherOf(publisher));
    const origin = publisherId === '' ? null : (this.sessions.find(publisherId) ?? null);
    const outcome = this.deliver.publish(frame, route, origin, isTold);
    this.deliver.chunkEnds();
    return outcome;
  }

  /** Who acts, for the Access port. */
  principalOf(session: Session): Principal {
    return session;
  }

  /** What a retained message remembers of its publisher; null where nobody will ask. */
  publisherOf(publisher: Principal | null): Principal | null {
    if (publisher === null || this.access.checksRetainedPublisher !== true) return null;
    const { clientId, username, remoteAddress, identity = null } = publisher;
    return { clientId, username, remoteAddress, identity };
  }

  /** The session's connection takes bytes again. */
  sessionDrained(session: Session): void {
    this.outbound.pump(session);
  }

  /** The transport is closed. */
  connectionGone(connection: Connection): void {
    if (this.#connections.delete(connection)) this.guard.left(connection);
    if (this.#connections.size > 0 || this.#emptied.length === 0) return;
    for (const tell of this.#emptied) tell();
    this.#emptied = [];
  }

  /** Settles when no network connection is left: at once when there is none. */
  whenConnectionsGone(): Promise<void> {
    if (this.#connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#emptied.push(resolve));
  }

  /** Ends every connection [MQTT-3.14.0-1] and all timers. Transports close once their last bytes are out. */
  close(reasonCode: number = ReasonCode.ServerShuttingDown): void {
    this.turn.begin();
    for (const stop of this.#stops) stop();
    for (const connection of this.#connections) {
      // The shard of its session ends it.
      if (connection.relay !== null) continue;
      if (connection.session !== null) endConnection(connection, reasonCode, 'the broker is shutting down');
      else closeConnection(connection, reasonCode, false);
    }
  }

  /** Cuts what has not closed by itself. */
  destroyConnections(): void {
    for (const connection of this.#connections) connection.transport.destroy();
  }

  #readExpiry(frame: PublishFrame): void {
    const properties = this.publishProperties;
    properties.scan(frame.buf, frame.propertiesStart, frame.propertiesEnd, false, this.options.maxUserProperties);
    if (properties.messageExpirySeconds < 0) return;
    frame.messageExpiryAt = properties.messageExpiryAt;
    frame.deadlineMs = this.turn.nowMs + properties.messageExpirySeconds * 1000;
  }

  /** Every answer may be another now: routes are compiled anew, and what waits is looked through before it goes. */
  #accessChanged(): void {
    this.turn.begin();
    // What is still collected was published under the former rights.
    this.deliver.seal();
    this.index.generation++;
    this.outbound.generation++;
  }

  #tick(): void {
    this.turn.begin();
    this.peers.poll();
    this.guard.overload.tick(this.turn.nowMs);
    this.guard.unread.tick(this.turn.nowMs);
    this.wheel.advance(this.turn.nowMs);
    this.retained.sweep();
  }

  #publishStatus(topicName: string, payload: () => string): void {
    if (this.index.hasMatch(topicKeyOf(topicName))) this.publish(topicName, Buffer.from(payload()));
  }

  #publishStatistics(): void {
    publishStatistics(this, figuresOf(this), this.#startedMs);
  }
}

function onlineChangesFor(interest: LocalInterest): Partial<ShardEvents> {
  return {
    connected: (session) => interest.onlineChanged(session),
    disconnected: (session) => interest.onlineChanged(session),
  };
}
