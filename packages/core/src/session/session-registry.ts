import type { ConnectPacket, SubscriptionRequest } from '@nanomq-ts/codec';
import { ReasonCode } from '@nanomq-ts/codec';
import type { Admitted } from '../access/admitted.ts';
import type { Connection } from '../connection/connection.ts';
import { endConnection } from '../connection/lifecycle.ts';
import { ClientCensus } from '../observe/client-census.ts';
import { DropReason } from '../observe/drop-reason.ts';
import type { Shard } from '../shard.ts';
import { WheelTimer } from '../time/timer-wheel.ts';
import type { ParsedFilter } from '../topics/topic-filter.ts';
import { topicKeyOf } from '../topics/topic-key.ts';
import { grantedExpirySeconds, grantedKeepAliveSeconds } from './granted-terms.ts';
import { NEVER_EXPIRES_SECONDS, Session } from './session.ts';
import { SessionBlocks } from './session-blocks.ts';
import { returnSharedMessages } from './shared-return.ts';
import { Subscription } from './subscription.ts';
import { willDue } from './will.ts';

/** What a bridge of MQTT 3.x means by the bridge bit: nothing of its own comes back, and RETAIN stays as it was published. */
const BRIDGE_TERMS = { noLocal: true, retainAsPublished: true } as const;

/**
 * All sessions of the shard by client identifier: opened, resumed and taken over by CONNECT, ended by the end of the
 * connection or by expiry. @see MQTT 5.0, 3.1.2.11.2 Session Expiry Interval, 4.1 Session State
 */
export class SessionRegistry {
  readonly census = new ClientCensus();
  /** All sessions, as lists show them. */
  readonly blocks = new SessionBlocks();
  readonly #shard: Shard;
  readonly #sessions = new Map<string, Session>();
  #online = 0;
  #made = 0;

  constructor(shard: Shard) {
    this.#shard = shard;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get onlineCount(): number {
    return this.#online;
  }

  /** Of the session that was made last; 0 = there was none yet. */
  get lastOrdinal(): number {
    return this.#made;
  }

  find(clientId: string): Session | undefined {
    return this.#sessions.get(clientId);
  }

  values(): IterableIterator<Session> {
    return this.#sessions.values();
  }

  /**
   * The sessions that are there now, oldest first. The walk may be held over turns: each is visited once, those made
   * meanwhile are not, so it ends however fast clients come and go.
   */
  walk(): IterableIterator<Session> {
    return new SessionWalk(this.#sessions.values(), this.#made);
  }

  /**
   * The session of an accepted CONNECT, by its client identifier alone [MQTT-3.1.3-2]; an older connection of the
   * identifier is ended first [MQTT-3.1.4-3] [v3.1.1 MQTT-3.1.4-2].
   */
  open(
    connection: Connection,
    connect: ConnectPacket,
    clientId: string,
    admitted: Admitted,
  ): { session: Session; isPresent: boolean } {
    let session = this.#sessions.get(clientId);
    if (session !== undefined && session.connection !== null) {
      this.#shard.counters.takeovers++;
      endConnection(session.connection, ReasonCode.SessionTakenOver, 'another connection took the session');
    }
    session = this.#sessions.get(clientId);
    if (session !== undefined && connect.cleanStart) {
      this.end(session); // [MQTT-3.1.2-4] [v3.1.1 MQTT-3.1.2-6] [v3.1.1 MQTT-3.1.4-3]
      session = undefined;
    }
    const isPresent = session !== undefined; // [MQTT-3.1.2-5] [MQTT-3.1.2-6] [v3.1.1 MQTT-3.1.2-4]
    if (session === undefined) {
      session = new Session(clientId);
      session.ordinal = ++this.#made;
      this.#sessions.set(clientId, session);
      this.blocks.add(session);
    }
    session.username = admitted.username;
    session.identity = admitted.identity;
    this.#attach(session, connection, connect, isPresent);
    return { session, isPresent };
  }

  /** The connection is over, and not before it is, the session may end [MQTT-4.1.0-1]. Decides what becomes of both. */
  connectionLeft(connection: Connection, reasonCode: number, sendWill: boolean): void {
    const session = connection.session;
    if (session === null || session.connection !== connection) return;
    const shard = this.#shard;
    session.connection = null;
    session.block.isChanged = true;
    if (session.isOwn) return; // The registry does not hold it, and it stays.
    this.#online--;
    this.census.left(connection);
    if (!sendWill) session.will = null; // [MQTT-3.1.2-10] [MQTT-3.14.4-3]
    shard.events.disconnected(session, reasonCode);
    if (session.expirySeconds === 0) {
      this.end(session);
      return;
    }
    returnSharedMessages(shard, session, false);
    // Its subscriptions stay in the index, so what is published from now on waits for it. [v3.1.1 MQTT-3.1.2-5]
    this.#scheduleWill(session);
    this.#scheduleExpiry(session); // [MQTT-3.1.2-23] [MQTT-4.1.0-2]
  }

  /**
   * Ends a session for good: its will is sent, its subscriptions and messages go. What it had retained is not its own
   * and stays. [v3.1.1 MQTT-3.1.2-7]
   */
  end(session: Session): void {
    const shard = this.#shard;
    if (session.connection !== null) {
      session.expirySeconds = 0;
      endConnection(session.connection, ReasonCode.AdministrativeAction);
      return;
    }
    if (session.expiryTimer !== null) shard.wheel.cancel(session.expiryTimer);
    returnSharedMessages(shard, session, true);
    if (session.subscriptions !== null) {
      if (session.subscriptions.size > 0) this.census.subscribers--;
      for (const subscription of session.subscriptions.values()) shard.index.remove(subscription);
      session.subscriptions = null;
    }
    const waiting = (session.queue?.length ?? 0) + (session.window?.count ?? 0);
    if (waiting > 0) shard.counters.drop(DropReason.SessionEnded, waiting);
    shard.outbound.discard(session);
    this.#sessions.delete(session.clientId);
    this.blocks.remove(session);
    shard.store.sessionRemoved(session.clientId);
    shard.placements?.sessionEnded(session.clientId);
    willDue(shard, session); // [MQTT-3.1.2-8] the session has ended, so the will waits no longer
  }

  /** Grants a session expiry interval, at most `maxSessionExpirySeconds`, and tells the store. */
  setExpiry(session: Session, expirySeconds: number): void {
    session.expirySeconds = grantedExpirySeconds(this.#shard.options, { sessionExpirySeconds: expirySeconds });
    if (session.isDurable) this.#saveSession(session);
    else this.#shard.store.sessionRemoved(session.clientId);
  }

  /** Adds or replaces a subscription. [MQTT-3.8.4-3] */
  subscribe(
    session: Session,
    request: SubscriptionRequest,
    parsed: ParsedFilter,
    subscriptionIdentifier: number,
  ): Subscription {
    const shard = this.#shard;
    session.subscriptions ??= new Map();
    const options = { ...request, ...(session.isBridge ? BRIDGE_TERMS : {}), subscriptionIdentifier };
    let subscription = session.subscriptions.get(request.topicFilter);
    if (subscription === undefined) {
      subscription = new Subscription(
        session,
        request.topicFilter,
        topicKeyOf(parsed.filter),
        parsed.hasWildcard,
        options,
      );
      session.subscriptions.set(request.topicFilter, subscription);
      if (session.subscriptions.size === 1) this.census.subscribers++;
      shard.index.add(subscription, parsed.shareName);
    } else {
      subscription.replace(options);
      shard.index.changed(subscription.filterKey, subscription.hasWildcard);
    }
    if (session.isDurable) shard.store.subscriptionSaved(session.clientId, subscription);
    shard.events.subscribed(session, subscription);
    return subscription;
  }

  /** @returns false when there was no such subscription */
  unsubscribe(session: Session, topicFilter: string): boolean {
    const subscription = session.subscriptions?.get(topicFilter);
    if (subscription === undefined) return false;
    session.subscriptions?.delete(topicFilter);
    if (session.subscriptions?.size === 0) this.census.subscribers--;
    this.#shard.index.remove(subscription);
    if (session.isDurable) this.#shard.store.subscriptionRemoved(session.clientId, topicFilter);
    this.#shard.events.unsubscribed(session, topicFilter);
    return true;
  }

  #attach(session: Session, connection: Connection, connect: ConnectPacket, isPresent: boolean): void {
    const { options, wheel, index, deliver, receiveCheck } = this.#shard;
    // What is still collected for the session in the layout of its last connection is not for this one.
    deliver.seal();
    if (session.expiryTimer !== null) wheel.cancel(session.expiryTimer);
    if (session.willTimer !== null) wheel.cancel(session.willTimer);
    session.block.isChanged = true;
    session.connection = connection;
    connection.session = session;
    session.connectedAtMs = this.#shard.turn.nowMs;
    this.#online++;
    this.census.entered(connection);
    const usesTopicAliases = connect.topicAliasMaximum > 0;
    const isLayoutKept =
      session.protocolVersion === connect.protocolVersion && session.usesTopicAliases === usesTopicAliases;
    session.protocolVersion = connect.protocolVersion;
    session.usesTopicAliases = usesTopicAliases;
    session.remoteAddress = connection.transport.remoteAddress;
    session.cleanStart = connect.cleanStart;
    session.isBridge = connect.isBridge;
    session.keepAliveSeconds = grantedKeepAliveSeconds(options, connect);
    session.windowLimit = Math.min(connect.receiveMaximum, options.maxInflightMessages); // [MQTT-3.3.4-7]
    session.will = connect.will ?? null; // [MQTT-3.1.2-7] [MQTT-3.1.3-9]
    this.setExpiry(session, connect.sessionExpirySeconds);
    // Another principal may have other rights to receive.
    if (isPresent && (!isLayoutKept || receiveCheck.isOn) && session.subscriptions !== null) {
      for (const { filterKey, hasWildcard } of session.subscriptions.values()) index.changed(filterKey, hasWildcard);
    }
  }

  #scheduleWill(session: Session): void {
    const will = session.will;
    if (will === null) return;
    if (will.delaySeconds === 0) {
      willDue(this.#shard, session);
      return;
    }
    session.willTimer ??= new WheelTimer({ timerDue: () => willDue(this.#shard, session) });
    this.#shard.wheel.schedule(session.willTimer, this.#shard.turn.nowMs + will.delaySeconds * 1000);
  }

  #scheduleExpiry(session: Session): void {
    if (session.expirySeconds === NEVER_EXPIRES_SECONDS) return;
    session.expiryTimer ??= new WheelTimer({
      timerDue: () => {
        this.#shard.counters.sessionsExpired++;
        this.end(session);
      },
    });
    this.#shard.wheel.schedule(session.expiryTimer, this.#shard.turn.nowMs + session.expirySeconds * 1000);
  }

  #saveSession(session: Session): void {
    this.#shard.store.sessionSaved({ clientId: session.clientId, sessionExpirySeconds: session.expirySeconds });
  }
}

/** Hands the steps of the Map through: a generator would make another for each. */
class SessionWalk implements IterableIterator<Session> {
  readonly #sessions: IterableIterator<Session>;
  readonly #last: number;

  constructor(sessions: IterableIterator<Session>, last: number) {
    this.#sessions = sessions;
    this.#last = last;
  }

  next(): IteratorResult<Session, undefined> {
    const step: IteratorResult<Session, undefined> = this.#sessions.next();
    return step.done === true || step.value.ordinal <= this.#last ? step : { done: true, value: undefined };
  }

  [Symbol.iterator](): this {
    return this;
  }
}
