import type { Connection } from '../connection/connection.ts';
import type { Counters } from '../observe/counters.ts';
import { DropReason } from '../observe/drop-reason.ts';
import type { Store } from '../ports/store.ts';
import { goOnReplaying } from '../retained/replay.ts';
import type { TimerWheel } from '../time/timer-wheel.ts';
import { InflightState, InflightWindow, NOT_FOUND } from './inflight-window.ts';
import { MessageQueue } from './message-queue.ts';
import { type MessageHandle, type MessageStore, NEVER_EXPIRES } from './message-store.ts';
import { type Forget, Resender, type RetryLimits } from './resender.ts';
import type { Session } from './session.ts';
import { StoredSender } from './stored-sender.ts';
import { reclaimShared, SHARED_BIT, type TakeBackParts, withdraw } from './take-back.ts';

/** Limits of one session's outbound side; 0 = unlimited where noted. */
export interface OutboundLimits extends RetryLimits {
  readonly queueLimitMessages: number;
  /** 0 = unlimited. */
  readonly queueLimitBytes: number;
}

/**
 * What became of a message handed to `send`. Dropped means that a limit of the session was reached, which its
 * publisher may be told. Taken it also is when it is too large for the receiver [MQTT-3.1.2-25], or when it was
 * QoS 0 and the receiver was away or slow: then it counts as sent.
 */
export const SendResult = { Taken: 0, Dropped: 1 } as const;

/** A result of the table above. */
export type SendResult = (typeof SendResult)[keyof typeof SendResult];

/**
 * Packs what a session needs to know of a message besides the stored frame: `handle * 16 + shared * 8 + retain * 4 + qos`.
 */
export function packItem(handle: MessageHandle, qos: number, retain: boolean, isShared: boolean): number {
  return handle * 16 + (isShared ? SHARED_BIT : 0) + (retain ? 4 : 0) + qos;
}

/**
 * Outbound messages of all sessions of the shard: message queue -> inflight window -> wire, and their
 * acknowledgements. A stored message holds one reference for each session it waits in.
 * @see MQTT 5.0, 4.3 Quality of Service levels and protocol flows, 4.9 Flow Control
 */
export class Outbound {
  readonly #messages: MessageStore;
  readonly #counters: Counters;
  readonly #store: Store;
  readonly #wheel: TimerWheel;
  readonly #limits: OutboundLimits;
  readonly #sender: StoredSender;
  readonly #resender: Resender;
  /** Raised when the Access changes; what waits for a session of another generation is looked through first. */
  generation = 0;
  /** Looks through it; set by the shard. */
  recheck: (session: Session) => void = () => {};

  constructor(messages: MessageStore, counters: Counters, store: Store, wheel: TimerWheel, limits: OutboundLimits) {
    this.#messages = messages;
    this.#counters = counters;
    this.#store = store;
    this.#wheel = wheel;
    this.#limits = limits;
    this.#sender = new StoredSender(messages, counters);
    this.#resender = new Resender(this.#sender, wheel, limits, (session, handle, sequence) => {
      this.#forget(session, handle, sequence);
    });
  }

  /** Wall clock of the turn, milliseconds; set by the turn. */
  get nowMs(): number {
    return this.#sender.nowMs;
  }

  set nowMs(nowMs: number) {
    this.#sender.nowMs = nowMs;
  }

  /**
   * Sends now or queues: nothing but PUBLISH ever waits for the window [MQTT-4.9.0-3]. Takes one reference of the
   * stored message when it keeps it.
   * @param isOffer  what is not taken is not lost, and not counted as dropped
   */
  send(
    session: Session,
    handle: MessageHandle,
    qos: number,
    retain: boolean,
    isShared = false,
    isOffer = false,
  ): SendResult {
    const item = packItem(handle, qos, retain, isShared);
    const connection = session.connection;
    const queue = session.queue;
    if (connection === null || (queue !== null && queue.length > 0) || connection.isBackedUp) {
      return this.#enqueue(session, item, isOffer);
    }
    if (session.window === null) session.window = new InflightWindow(session.windowLimit, session.lastPacketId);
    if (session.window.isFull || session.window.unsent > 0) return this.#enqueue(session, item, isOffer);
    if (!this.#sender.fits(connection, handle, qos)) return SendResult.Taken;
    this.#messages.retain(handle);
    const sequence = nextSequence(session);
    if (session.isDurable) this.#tellStore(session, sequence, handle);
    this.#transmitNew(session, connection, session.window, item, sequence);
    return SendResult.Taken;
  }

  /** Moves queued messages into the window while there is room; what has to be sent again goes first. */
  pump(session: Session): void {
    const connection = session.connection;
    const queue = session.queue;
    if (connection === null) return;
    if (session.checkedGeneration !== this.generation) this.recheck(session);
    if (session.window !== null && session.window.unsent > 0) {
      this.#resender.goOn(session, connection, session.window);
      if (session.window.unsent > 0) return;
    }
    if (queue !== null && queue.length > 0) this.#pumpQueue(session, connection, queue);
    if (session.replays !== null) goOnReplaying(session);
  }

  #pumpQueue(session: Session, connection: Connection, queue: MessageQueue): void {
    if (session.window === null) session.window = new InflightWindow(session.windowLimit, session.lastPacketId);
    while (queue.length > 0 && !session.window.isFull && !connection.isBackedUp) {
      const item = queue.firstItem;
      const sequence = queue.firstSequence;
      const handle = item >> 4;
      queue.shift();
      queue.bytes -= this.#messages.lengthOf(handle);
      const deadline = this.#messages.deadlineMs(handle);
      if (deadline !== NEVER_EXPIRES && this.nowMs >= deadline) {
        this.#drop(session, handle, sequence, DropReason.Expired); // [MQTT-3.3.2-5]
      } else if (!this.#sender.fits(connection, handle, item & 3)) {
        this.#forget(session, handle, sequence);
      } else {
        this.#transmitNew(session, connection, session.window, item, sequence);
      }
    }
  }

  /** PUBACK, whose reason code does not matter. [MQTT-4.3.2-3] @returns false when the identifier is not one that awaits it */
  puback(session: Session, packetId: number): boolean {
    const record = session.window === null ? NOT_FOUND : session.window.find(packetId);
    if (record === NOT_FOUND || session.window?.stateAt(record) !== InflightState.AwaitingPuback) return false;
    this.#settle(session, session.window, record);
    return true;
  }

  /** PUBREC. A failure ends the flow. @returns false when the identifier is unknown */
  pubrec(session: Session, packetId: number, isFailure: boolean): boolean {
    const window = session.window;
    const record = window === null ? NOT_FOUND : window.find(packetId);
    if (window === null || record === NOT_FOUND) return false;
    const state = window.stateAt(record);
    if (state === InflightState.AwaitingPuback) return false;
    if (isFailure) {
      this.#settle(session, window, record);
      return true;
    }
    window.update(record, InflightState.AwaitingPubcomp, this.#nowSeconds()); // [MQTT-4.3.3-5] [MQTT-4.3.3-6]
    return true;
  }

  /** PUBCOMP. @returns false when the identifier is not one that awaits it */
  pubcomp(session: Session, packetId: number): boolean {
    const record = session.window === null ? NOT_FOUND : session.window.find(packetId);
    if (record === NOT_FOUND || session.window?.stateAt(record) !== InflightState.AwaitingPubcomp) return false;
    this.#settle(session, session.window, record);
    return true;
  }

  /** A client is back: what was in flight goes out again, then the queue. */
  resume(session: Session): void {
    const { connection, window } = session;
    if (connection === null) return;
    if (window !== null) {
      window.limit = session.windowLimit;
      this.#resender.begin(session, connection, window);
    }
    this.#resender.watch(session);
    this.pump(session);
  }

  /** Offers what came through shared subscriptions: see `reclaimShared` in `take-back.ts`. */
  reclaimShared(session: Session, takes: (handle: MessageHandle, qos: number, retain: boolean) => boolean): void {
    reclaimShared(this.#takeBackParts, session, takes);
  }

  /** Takes back what the session may not receive any more: see `withdraw` in `take-back.ts`. */
  withdraw(session: Session, isResumed: boolean, isRevoked: (handle: MessageHandle) => boolean): number {
    return withdraw(this.#takeBackParts, session, isResumed, isRevoked);
  }

  /** Releases everything the session holds. */
  discard(session: Session): void {
    const { window, queue } = session;
    if (window !== null) {
      for (const record of window.recordsInOrder()) this.#messages.release(window.itemAt(record) >> 4);
    }
    for (; queue !== null && queue.length > 0; queue.shift()) this.#messages.release(queue.firstItem >> 4);
    session.window = null;
    session.queue = null;
    if (session.retryTimer !== null) this.#wheel.cancel(session.retryTimer);
    session.retryTimer = null;
  }

  #enqueue(session: Session, item: number, isOffer: boolean): SendResult {
    if (session.queue === null) session.queue = new MessageQueue();
    const queue = session.queue;
    const handle = item >> 4;
    const bytes = this.#messages.lengthOf(handle);
    const bound = session.queueBound;
    const limitMessages = bound === null ? this.#limits.queueLimitMessages : bound.messages;
    const limitBytes = bound === null ? this.#limits.queueLimitBytes : bound.bytes;
    while (queue.length >= limitMessages || (limitBytes > 0 && queue.bytes + bytes > limitBytes)) {
      if (this.#dropExpired(session, queue)) continue;
      if (bound !== null && queue.length > 0) {
        this.#dropFirst(session, queue, DropReason.QueueFull);
        continue;
      }
      // A message that would not even fit alone says nothing of the room there is for others.
      queue.isFull = queue.length > 0;
      if (!isOffer) this.#counters.dropFor(session, DropReason.QueueFull);
      return SendResult.Dropped;
    }
    this.#messages.retain(handle);
    const sequence = nextSequence(session);
    queue.push(item, sequence);
    queue.bytes += bytes;
    queue.isFull = bound === null && queue.length >= limitMessages;
    if (session.isDurable) this.#tellStore(session, sequence, handle);
    return SendResult.Taken;
  }

  /** Drops the oldest message of a full queue if its time is over. [MQTT-3.3.2-5] @returns false when it is not */
  #dropExpired(session: Session, queue: MessageQueue): boolean {
    if (queue.length === 0) return false;
    const handle = queue.firstItem >> 4;
    const deadline = this.#messages.deadlineMs(handle);
    if (deadline === NEVER_EXPIRES || this.nowMs < deadline) return false;
    this.#dropFirst(session, queue, DropReason.Expired);
    return true;
  }

  #dropFirst(session: Session, queue: MessageQueue, reason: DropReason): void {
    const handle = queue.firstItem >> 4;
    const sequence = queue.firstSequence;
    queue.shift();
    queue.bytes -= this.#messages.lengthOf(handle);
    this.#drop(session, handle, sequence, reason);
  }

  #transmitNew(session: Session, connection: Connection, window: InflightWindow, item: number, sequence: number): void {
    const qos = item & 3;
    if (qos === 0) {
      this.#sender.send(connection, item, 0, false);
      this.#forget(session, item >> 4, sequence);
      return;
    }
    const state = qos === 1 ? InflightState.AwaitingPuback : InflightState.AwaitingPubrec;
    // [MQTT-2.2.1-4] [MQTT-4.3.2-1] [MQTT-4.3.3-1] [v3.1.1 MQTT-2.3.1-4] [v3.1.1 MQTT-4.3.2-1] [v3.1.1 MQTT-4.3.3-1]
    const packetId = window.add(item, sequence, state, this.#nowSeconds());
    this.#sender.send(connection, item, packetId, false); // [MQTT-4.3.2-2] [MQTT-4.3.3-2]
    if (session.protocolVersion !== 5 && (session.retryTimer === null || !session.retryTimer.isScheduled)) {
      this.#resender.watch(session);
    }
  }

  #settle(session: Session, window: InflightWindow, record: number): void {
    const handle = window.itemAt(record) >> 4;
    const sequence = window.sequenceAt(record);
    window.remove(record);
    this.#forget(session, handle, sequence);
    const isQueued = session.queue !== null && session.queue.length > 0;
    if (isQueued || window.unsent > 0 || session.replays !== null) this.pump(session);
  }

  #drop(session: Session, handle: MessageHandle, sequence: number, reason: DropReason): void {
    this.#counters.dropFor(session, reason);
    this.#forget(session, handle, sequence);
  }

  #forget(session: Session, handle: MessageHandle, sequence: number): void {
    if (session.isDurable) this.#store.messageRemoved(session.clientId, sequence);
    this.#messages.release(handle);
  }

  #tellStore(session: Session, sequence: number, handle: MessageHandle): void {
    const start = this.#messages.offsetOf(handle);
    const end = start + this.#messages.lengthOf(handle);
    this.#store.messageAdded(session.clientId, sequence, this.#messages.bufferOf(handle), start, end);
  }

  get #takeBackParts(): TakeBackParts {
    const forget: Forget = (session, handle, sequence) => this.#forget(session, handle, sequence);
    return { messages: this.#messages, nowSeconds: this.#nowSeconds(), forget };
  }

  #nowSeconds(): number {
    return Math.floor(this.nowMs / 1000);
  }
}

/** Numbers the session's messages in their order; wraps round like the Int32 it is kept in. */
function nextSequence(session: Session): number {
  const sequence = session.nextSequence;
  session.nextSequence = (sequence + 1) | 0;
  return sequence;
}
