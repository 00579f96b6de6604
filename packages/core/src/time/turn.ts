import type { FlushQueue } from '../connection/flush-queue.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deliver } from '../routing/deliver.ts';
import type { Outbound } from '../session/outbound.ts';

/**
 * One turn of the event loop: time is read when it begins, and everything collected is written when it ends.
 */
export class Turn {
  /** Wall clock of the turn, milliseconds. */
  nowMs: number;
  readonly #clock: Clock;
  readonly #deliver: Deliver;
  readonly #outbound: Outbound;
  readonly #flushQueue: FlushQueue;
  #isOpen = false;

  constructor(clock: Clock, deliver: Deliver, outbound: Outbound, flushQueue: FlushQueue) {
    this.nowMs = clock.nowMs();
    this.#clock = clock;
    this.#deliver = deliver;
    this.#outbound = outbound;
    this.#flushQueue = flushQueue;
  }

  /** Cheap when the turn has begun already. */
  begin(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.nowMs = this.#clock.nowMs();
    this.#outbound.nowMs = this.nowMs;
    this.#clock.afterTurn(this.#end);
  }

  /** Hands out and writes everything now. */
  readonly #end = (): void => {
    this.#isOpen = false;
    this.#deliver.seal();
    this.#flushQueue.flush();
  };
}
