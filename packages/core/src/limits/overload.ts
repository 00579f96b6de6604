import type { Connection } from '../connection/connection.ts';
import type { Shard } from '../shard.ts';
import { limitOf } from './limit-options.ts';

/** Waiting connections let in with one tick, so that letting them in is no overload again. */
const RELEASED_PER_TICK = 250;

/**
 * Watches how late the event loop is. While it is later than `maxLoopDelayMs`, new connections are not read and so
 * wait with their CONNECT in the network, at most as long as they would have for CONNECT; those that are connected are
 * served. It ends with a tick that is late by less than half the limit.
 */
export class Overload {
  readonly #shard: Shard;
  readonly #tickMs: number;
  readonly #waiting = new Set<Connection>();
  readonly #listeners: ((isOverloaded: boolean) => void)[] = [];
  #lastTickMs: number;
  #isOverloaded = false;
  #lateMs = 0;

  /** @param tickMs  how often `tick` is called when nothing is late */
  constructor(shard: Shard, nowMs: number, tickMs: number) {
    this.#shard = shard;
    this.#tickMs = tickMs;
    this.#lastTickMs = nowMs;
  }

  get isOverloaded(): boolean {
    return this.#isOverloaded;
  }

  /** How late the last tick was, milliseconds. */
  get lateMs(): number {
    return this.#lateMs;
  }

  /** Connections that wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Tells `listener` when an overload begins and ends, for listeners that can stop accepting. */
  onChanged(listener: (isOverloaded: boolean) => void): void {
    this.#listeners.push(listener);
  }

  /** A new connection waits during an overload and behind others that still wait. @returns whether it does */
  holds(connection: Connection): boolean {
    if (!this.#isOverloaded && this.#waiting.size === 0) return false;
    this.#shard.counters.connectionsDelayed++;
    this.#waiting.add(connection);
    connection.transport.pause();
    return true;
  }

  /** The connection waits no longer: it is over. */
  left(connection: Connection): void {
    if (this.#waiting.size > 0) this.#waiting.delete(connection);
  }

  tick(nowMs: number): void {
    this.#lateMs = Math.max(0, nowMs - this.#lastTickMs - this.#tickMs);
    this.#lastTickMs = nowMs;
    const limitMs = limitOf(this.#shard.options, 'maxLoopDelayMs');
    if (!this.#isOverloaded && limitMs > 0 && this.#lateMs > limitMs) this.#change(true);
    else if (this.#isOverloaded && (limitMs === 0 || this.#lateMs * 2 < limitMs)) this.#change(false);
    if (!this.#isOverloaded && this.#waiting.size > 0) this.#release();
  }

  #change(isOverloaded: boolean): void {
    this.#isOverloaded = isOverloaded;
    const { counters, clientLog } = this.#shard;
    const lateMs = Math.round(this.#lateMs);
    if (isOverloaded) {
      counters.overloads++;
      clientLog.warn('event loop', { lateMs }, 'the event loop is late: new connections wait');
    }
    for (const listener of this.#listeners) listener(isOverloaded);
  }

  #release(): void {
    const { options, turn, wheel } = this.#shard;
    let left = RELEASED_PER_TICK;
    for (const connection of this.#waiting) {
      if (left-- === 0) return;
      this.#waiting.delete(connection);
      wheel.schedule(connection.timer, turn.nowMs + options.connectTimeoutMs);
      connection.transport.resume();
    }
  }
}
