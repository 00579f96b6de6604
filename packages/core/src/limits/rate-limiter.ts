import type { Connection } from '../connection/connection.ts';
import { ConnectionState } from '../connection/connection-state.ts';
import { type TimerOwner, WheelTimer } from '../time/timer-wheel.ts';
import { type LimitOptions, limitOf } from './limit-options.ts';

/** What a client may have saved up, in milliseconds of its rate. */
const BURST_MS = 1000;

/**
 * A token bucket, told by the time at which it will be full again: one number and no timer of its own.
 * It holds one second of the rate; a chunk that takes more leaves a debt, so the average keeps.
 */
class TokenBucket {
  readonly #msPerToken: number;
  #fullAtMs = 0;

  /** @param perSecond  0 = unlimited */
  constructor(perSecond: number) {
    this.#msPerToken = perSecond === 0 ? 0 : 1000 / perSecond;
  }

  /** Takes tokens. @returns milliseconds until there are any again; 0 = there are */
  take(tokens: number, nowMs: number): number {
    this.#fullAtMs = Math.max(this.#fullAtMs, nowMs) + tokens * this.#msPerToken;
    return Math.max(0, this.#fullAtMs - BURST_MS - nowMs);
  }
}

/**
 * Holds one client to its message and byte rate by pausing its reading, so that the network slows the client down and
 * nothing is dropped. What was read is handled in full: the unit is a chunk, and the message path has no check of its
 * own.
 */
export class RateLimiter implements TimerOwner {
  readonly #connection: Connection;
  readonly #messages: TokenBucket;
  readonly #bytes: TokenBucket;
  readonly #timer = new WheelTimer(this);
  #countedMessages: number;

  constructor(connection: Connection, messagesPerSecond: number, bytesPerSecond: number) {
    this.#connection = connection;
    this.#messages = new TokenBucket(messagesPerSecond);
    this.#bytes = new TokenBucket(bytesPerSecond);
    this.#countedMessages = connection.session?.receivedMessages ?? 0;
  }

  /** A chunk was handled. @param length  in bytes */
  charge(length: number): void {
    const connection = this.#connection;
    const { session, shard } = connection;
    if (session === null || connection.state === ConnectionState.Ended) return;
    const { nowMs } = shard.turn;
    const messages = session.receivedMessages - this.#countedMessages;
    this.#countedMessages = session.receivedMessages;
    const waitMs = Math.max(this.#messages.take(messages, nowMs), this.#bytes.take(length, nowMs));
    if (waitMs === 0) return;
    if (!connection.isPaced) {
      shard.counters.ratePauses++;
      connection.isPaced = true;
      connection.transport.pause();
    }
    shard.wheel.schedule(this.#timer, nowMs + waitMs);
  }

  /** Reading may go on. */
  timerDue(): void {
    this.#connection.paceOver();
  }

  /** The connection ends. */
  stop(): void {
    this.#connection.shard.wheel.cancel(this.#timer);
  }
}

/** The limiter of a client that enters, or null when no rate is limited. */
export function rateLimiterFor(connection: Connection, options: Partial<LimitOptions>): RateLimiter | null {
  const messages = limitOf(options, 'maxMessagesPerSecond');
  const bytes = limitOf(options, 'maxBytesPerSecond');
  return messages === 0 && bytes === 0 ? null : new RateLimiter(connection, messages, bytes);
}
