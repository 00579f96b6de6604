import type { Clock } from '@nanomq-ts/core';

interface Interval {
  readonly intervalMs: number;
  readonly callback: () => void;
  dueMs: number;
}

/** A clock that stands until the test moves it. */
export class FakeClock implements Clock {
  #nowMs: number;
  #waiting: (() => void)[] = [];
  readonly #intervals = new Set<Interval>();

  /** @param nowMs  milliseconds since 1970; in November 2023 when left out */
  constructor(nowMs = 1_700_000_000_000) {
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  afterTurn(callback: () => void): void {
    this.#waiting.push(callback);
  }

  every(intervalMs: number, callback: () => void): () => void {
    if (!(intervalMs > 0)) throw new RangeError(`an interval of ${intervalMs} ms would never let time pass`);
    const interval = { intervalMs, callback, dueMs: this.#nowMs + intervalMs };
    this.#intervals.add(interval);
    return () => this.#intervals.delete(interval);
  }

  /** How many intervals run; 0 when everything was stopped. */
  get runningIntervals(): number {
    return this.#intervals.size;
  }

  /**
   * Ends one turn: calls what waited for its end. What that asks for in turn waits for the next one.
   * @returns false when nothing waited
   */
  runTurn(): boolean {
    const callbacks = this.#waiting;
    this.#waiting = [];
    for (const callback of callbacks) callback();
    return callbacks.length > 0;
  }

  /** Moves time on and calls what is due on the way, each at its time and followed by the end of a turn. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let next = this.#nextDue(untilMs); next !== null; next = this.#nextDue(untilMs)) {
      this.#nowMs = next.dueMs;
      next.dueMs += next.intervalMs;
      next.callback();
      this.runTurn();
    }
    this.#nowMs = untilMs;
    this.runTurn();
  }

  #nextDue(untilMs: number): Interval | null {
    let next: Interval | null = null;
    for (const interval of this.#intervals) {
      if (interval.dueMs <= untilMs && (next === null || interval.dueMs < next.dueMs)) next = interval;
    }
    return next;
  }
}
