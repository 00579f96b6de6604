import type { Connection } from '../connection/connection.ts';
import type { Clock } from '../ports/clock.ts';

/**
 * Connections ended by a timer in one turn. A crowd that came together runs out of time together: ending
 * 4,000 within three ticks brought the p99 of everyone else to 56 ms, ending a few in each turn to 9 (one run each).
 */
const ENDED_PER_TURN = 16;

/** Spreads the ends of connections whose time is over: a few in each turn, in the order in which they were due. */
export class TimeoutQueue {
  readonly #clock: Clock;
  readonly #due: Connection[] = [];
  #endedThisTurn = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Connections that wait for a later turn. */
  get size(): number {
    return this.#due.length;
  }

  /** @returns whether the connection may be ended now; if not, its `timerDue` is called again in a later turn */
  mayEnd(connection: Connection): boolean {
    if (this.#endedThisTurn === 0) this.#clock.afterTurn(this.#turnEnded);
    if (this.#endedThisTurn < ENDED_PER_TURN) {
      this.#endedThisTurn++;
      return true;
    }
    this.#due.push(connection);
    return false;
  }

  readonly #turnEnded = (): void => {
    this.#endedThisTurn = 0;
    for (const connection of this.#due.splice(0, ENDED_PER_TURN)) {
      const { turn } = connection.shard;
      turn.begin();
      connection.timerDue(connection.timer, turn.nowMs);
    }
    // Those that were not ended after all used up nothing; the others have asked for the end of this turn.
    if (this.#due.length > 0 && this.#endedThisTurn === 0) this.#clock.afterTurn(this.#turnEnded);
  };
}
