import type { Connection } from '../connection/connection.ts';
import { type TimerWheel, WheelTimer } from '../time/timer-wheel.ts';
import { InflightState, type InflightWindow, NOT_FOUND } from './inflight-window.ts';
import type { MessageHandle } from './message-store.ts';
import type { Session } from './session.ts';
import type { StoredSender } from './stored-sender.ts';

/** Releases a message that left the window. */
export type Forget = (session: Session, handle: MessageHandle, sequence: number) => void;

/** Read at the time of use. */
export interface RetryLimits {
  /** 0 = never by time. */
  readonly retryIntervalMs: number;
}

/**
 * Sends again what stands in the inflight window: on a reconnect, and for MQTT 3.1 and 3.1.1 also by time.
 * @see MQTT 5.0, 4.4 Message delivery retry
 */
export class Resender {
  readonly #sender: StoredSender;
  readonly #wheel: TimerWheel;
  readonly #limits: RetryLimits;
  readonly #forget: Forget;

  constructor(sender: StoredSender, wheel: TimerWheel, limits: RetryLimits, forget: Forget) {
    this.#sender = sender;
    this.#wheel = wheel;
    this.#limits = limits;
    this.#forget = forget;
  }

  /**
   * A client is back: what was in flight goes out again in its first order. [MQTT-4.4.0-1] [v3.1.1 MQTT-4.4.0-1]
   * PUBREL is not held back by the receive maximum [MQTT-3.3.4-10]; PUBLISH is, and by a receiver that does not read.
   * All of them go out as far as they may, so NanoMQ's `batch_resend` has no meaning.
   */
  begin(session: Session, connection: Connection, window: InflightWindow): void {
    let isHeldBack = false;
    for (const record of window.markUnsent()) {
      if (window.stateAt(record) !== InflightState.AwaitingPubcomp) {
        isHeldBack ||= window.isFull || connection.isBackedUp;
        if (isHeldBack) continue;
      }
      this.#resend(session, connection, window, record);
    }
  }

  /** As far as it goes now: what the receive maximum or a slow receiver held back when the client returned. */
  goOn(session: Session, connection: Connection, window: InflightWindow): void {
    while (!window.isFull && !connection.isBackedUp) {
      const record = window.firstUnsent();
      if (record === NOT_FOUND) return;
      this.#resend(session, connection, window, record);
    }
  }

  /** MQTT 3.1 and 3.1.1 only: MQTT 5.0 forbids resending at any other time than a reconnect [MQTT-4.4.0-1]. */
  watch(session: Session): void {
    const { retryIntervalMs } = this.#limits;
    if (retryIntervalMs <= 0) return;
    if (session.protocolVersion === 5 || session.window === null || session.window.count === 0) return;
    if (session.retryTimer === null) {
      session.retryTimer = new WheelTimer({ timerDue: (_, nowMs) => this.#retryDue(session, nowMs) });
    }
    this.#wheel.schedule(session.retryTimer, this.#sender.nowMs + retryIntervalMs);
  }

  #retryDue(session: Session, nowMs: number): void {
    const { connection, window } = session;
    // The session may have come back with MQTT 5.0 since.
    if (connection === null || window === null || session.protocolVersion === 5) return;
    const before = Math.floor((nowMs - this.#limits.retryIntervalMs) / 1000);
    for (const record of window.recordsInOrder()) {
      if (connection.isBackedUp) break;
      if (window.isUnsentAt(record) || window.sentSecondsAt(record) > before) continue;
      this.#resend(session, connection, window, record);
    }
    this.watch(session);
  }

  /** Whether its expiry interval has passed does not matter any more: delivery has begun. [MQTT-4.3.3-7] */
  #resend(session: Session, connection: Connection, window: InflightWindow, record: number): void {
    const item = window.itemAt(record);
    if (window.stateAt(record) === InflightState.AwaitingPubcomp) {
      connection.sendPubrel(window.packetIdAt(record));
    } else if (this.#sender.fits(connection, item >> 4, item & 3)) {
      this.#sender.send(connection, item, window.packetIdAt(record), true); // [MQTT-3.3.1-1] [v3.1.1 MQTT-3.3.1-1]
    } else if (window.stateAt(record) === InflightState.AwaitingPuback) {
      const sequence = window.sequenceAt(record);
      window.remove(record);
      this.#forget(session, item >> 4, sequence);
      return;
    } else {
      // The client may remember the identifier, and would take the next message that has it for this one.
      window.update(record, InflightState.AwaitingPubcomp, this.#nowSeconds());
      connection.sendPubrel(window.packetIdAt(record));
      return;
    }
    window.update(record, window.stateAt(record), this.#nowSeconds());
  }

  #nowSeconds(): number {
    return Math.floor(this.#sender.nowMs / 1000);
  }
}
