import type { Session } from '../session/session.ts';
import type { Turn } from '../time/turn.ts';
import { goOnReplaying } from './replay.ts';

/**
 * Levels of topic names that replays look at in one turn, which takes some ten milliseconds: a million retained
 * messages and a thousand filters that match none of them must not hold up everyone.
 */
const LEVELS_AT_ONCE = 200_000;

/** How much all replays together may look at in one turn, and whose go on later. */
export class ReplayPace {
  readonly #turn: Turn;
  /** Sessions whose replays go on with the next `goOn`. */
  readonly #later = new Set<Session>();
  #lookedMs = 0;
  #levelsLeft = LEVELS_AT_ONCE;

  constructor(turn: Turn) {
    this.#turn = turn;
  }

  /** Whether a replay of the session may look at one more level now; if not, it is told to go on later. */
  mayLook(session: Session): boolean {
    if (this.#levelsNow() === 0) {
      this.#later.add(session);
      return false;
    }
    this.#levelsLeft--;
    return true;
  }

  /** Lets those go on that had to wait, as far as this turn allows. */
  goOn(): void {
    for (const session of this.#later) {
      if (this.#levelsNow() === 0) break;
      // Who has to wait once more comes in again behind the others.
      this.#later.delete(session);
      goOnReplaying(session);
    }
  }

  /** Levels that may still be looked at in this turn; turns that begin at the same time of the clock share them. */
  #levelsNow(): number {
    if (this.#lookedMs !== this.#turn.nowMs) {
      this.#lookedMs = this.#turn.nowMs;
      this.#levelsLeft = LEVELS_AT_ONCE;
    }
    return this.#levelsLeft;
  }
}
