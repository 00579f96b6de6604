import type { FlushQueue } from '../connection/flush-queue.ts';
import type { PeerSet } from '../peers/peer-set.ts';
import type { Clock } from '../ports/clock.ts';
import type { Deliver } from '../routing/deliver.ts';
import type { Outbound } from '../session/outbound.ts';
import { TurnQueue } from './turn-queue.ts';

/**
 * One turn of the event loop: time is read when it begins, and everything collected is written when it ends.
 */
export class Turn {
  /** Wall clock of the turn, milliseconds. */
  nowMs: number;
  /** Lengthy work that is no message's, a step in a turn, each after everything collected so far has been written. */
  readonly steps: TurnQueue;
  readonly #clock: Clock;
  readonly #deliver: Deliver;
  readonly #outbound: Outbound;
  readonly #flushQueue: FlushQueue;
  readonly #peers: PeerSet;
  #isOpen = false;

  constructor(clock: Clock, deliver: Deliver, outbound: Outbound, flushQueue: FlushQueue, peers: PeerSet) {
    this.nowMs = clock.nowMs();
    this.#clock = clock;
    this.#deliver = deliver;
    this.#outbound = outbound;
    this.#flushQueue = flushQueue;
    this.#peers = peers;
    this.steps = new TurnQueue((callback) => clock.afterTurn(callback), this.#end);
  }

  /** Cheap when the turn has begun already. */
  begin(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.nowMs = this.#clock.nowMs();
    this.#outbound.nowMs = this.nowMs;
    this.#clock.afterTurn(this.#end);
  }

  /** Calls back after the end of this turn. */
  after(callback: () => void): void {
    this.#clock.afterTurn(callback);
  }

  /** Hands out and writes everything now; nothing when that has been done. */
  readonly #end = (): void => {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#deliver.seal();
    // Before the acknowledgements: whoever has one may rely on it on every shard.
    this.#peers.commit();
    this.#flushQueue.flush();
    // What goes to clients of relayed connections goes over peers too.
    this.#peers.commit();
  };
}
