import type { Clock } from '../ports/clock.ts';
import { TurnQueue } from '../time/turn-queue.ts';

/**
 * What a walk takes of a turn of the event loop at least, milliseconds. With 100 rows a turn (0.3 ms), two walks in a turn
 * and output that waited for them, polling lists of 10,000 clients ten times a second took the p99 of publishing to 4 ms.
 */
const SLICE_MS = 0.1;
/** And of the time that others took since its last turn it takes this part, so that it gets on under load. */
const SHARE = 1 / 8;

/** When a walk over a long list has to let others in. */
export interface Pace {
  /** The walk has had its part of this turn. */
  isSpent(): boolean;
  /** Settles in a later turn, which is this walk's alone. */
  nextTurn(): Promise<void>;
}

/**
 * The pace of all walks of one event loop: one walk goes on in a turn, in the order in which they asked, and each takes
 * little of it, so that a message that comes meanwhile hardly waits longer.
 */
export class WalkPace implements Pace {
  readonly #clock: Clock;
  readonly #turns: TurnQueue;
  #endsAtMs = 0;

  /** @param turns  shared with other work that takes steps */
  constructor(clock: Clock, turns = new TurnQueue((callback) => clock.afterTurn(callback))) {
    this.#clock = clock;
    this.#turns = turns;
  }

  isSpent(): boolean {
    return this.#clock.nowMs() >= this.#endsAtMs;
  }

  nextTurn(): Promise<void> {
    const sinceMs = this.#clock.nowMs();
    return new Promise((goOn) => {
      this.#turns.push(() => {
        const nowMs = this.#clock.nowMs();
        this.#endsAtMs = nowMs + Math.max(SLICE_MS, (nowMs - sinceMs) * SHARE);
        goOn();
      });
    });
  }
}
