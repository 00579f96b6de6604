import { AckHeader, MAX_ACK_BYTES, writeAck } from '@nanomq-ts/codec';
import type { Connection } from '../connection/connection.ts';
import { ConnectionState } from '../connection/connection-state.ts';
import type { Store } from '../ports/store.ts';

/** An acknowledgement that waits. */
interface Held {
  readonly connection: Connection;
  readonly frame: Buffer;
  /** What it answers counts against the receive maximum until it goes out. */
  readonly givesQuota: boolean;
  /** What `store.committed` must reach. */
  readonly ticket: number;
  /** When the PUBLISH came that a PUBACK or PUBREC answers, in milliseconds; NaN for the others. */
  readonly publishedAtMs: number;
}

/**
 * Acknowledge after commit: PUBACK, PUBREC, PUBCOMP, SUBACK and UNSUBACK go out at once while the store has nothing
 * open, and otherwise wait until everything handed over before them is safe. Order is kept across all connections, so
 * one list with rising tickets will do. Why and at what price: docs/adr/0005-acknowledge-after-commit.md.
 */
export class CommitGate {
  readonly #store: Store;
  readonly #beginTurn: () => void;
  #held: Held[] = [];
  #waiting: (() => void)[] = [];
  #unsafe: { readonly ticket: number; readonly resolve: () => void }[] = [];

  /** @param beginTurn  called before held acknowledgements are appended, so that they are written */
  constructor(store: Store, beginTurn: () => void) {
    this.#store = store;
    this.#beginTurn = beginTurn;
    store.onCommitted(() => this.#release());
  }

  /** Acknowledgements that wait. */
  get heldCount(): number {
    return this.#held.length;
  }

  /**
   * Appends an acknowledgement, now or after the commit. Allocates only when it has to wait.
   * @param givesQuota  the client may send another PUBLISH once it has this
   */
  acknowledge(
    connection: Connection,
    header: AckHeader,
    packetId: number,
    reasonCode: number,
    givesQuota: boolean,
  ): void {
    if (this.#isOpen) {
      connection.sendAck(header, packetId, reasonCode);
      if (header !== AckHeader.Pubcomp) countLatency(connection, connection.inputHeldMs);
      return;
    }
    const frame = Buffer.alloc(MAX_ACK_BYTES);
    const length = writeAck(frame, 0, header, packetId, reasonCode);
    const { turn } = connection.shard;
    const publishedAtMs = header === AckHeader.Pubcomp ? Number.NaN : turn.nowMs - connection.inputHeldMs;
    this.#hold(connection, frame.subarray(0, length), givesQuota, publishedAtMs);
  }

  /** Appends an owned frame, now or after the commit. */
  send(connection: Connection, frame: Buffer): void {
    if (this.#isOpen) connection.out.append(frame, 0, frame.length);
    else this.#hold(connection, frame, false, Number.NaN);
  }

  /** Settles when something held has gone out, at once when nothing is held. */
  nextRelease(): Promise<void> {
    if (this.#held.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Settles when everything handed to the store so far is safe: at once when nothing is open. */
  whenSafe(): Promise<void> {
    const ticket = this.#store.handedOver;
    if (ticket === this.#store.committed) return Promise.resolve();
    return new Promise((resolve) => this.#unsafe.push({ ticket, resolve }));
  }

  /** Nothing is uncommitted, and nothing is held that has to go out first. */
  get #isOpen(): boolean {
    return this.#store.handedOver === this.#store.committed && this.#held.length === 0;
  }

  #hold(connection: Connection, frame: Buffer, givesQuota: boolean, publishedAtMs: number): void {
    if (givesQuota) connection.heldMessages++;
    this.#held.push({ connection, frame, givesQuota, ticket: this.#store.handedOver, publishedAtMs });
  }

  /** The store has committed: what waited for that goes out, in order. */
  #release(): void {
    const committed = this.#store.committed;
    for (const { ticket, resolve } of this.#unsafe) if (ticket <= committed) resolve();
    this.#unsafe = this.#unsafe.filter(({ ticket }) => ticket > committed);
    let count = 0;
    while (count < this.#held.length && (this.#held[count] as Held).ticket <= committed) count++;
    if (count === 0) return;
    this.#beginTurn();
    const released = this.#held.slice(0, count);
    this.#held = this.#held.slice(count);
    for (const { connection, frame, givesQuota, publishedAtMs } of released) {
      if (givesQuota) connection.heldMessages--;
      if (connection.state !== ConnectionState.Connected) continue;
      connection.out.append(frame, 0, frame.length);
      if (!Number.isNaN(publishedAtMs)) countLatency(connection, connection.shard.turn.nowMs - publishedAtMs);
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** Counts how long a PUBACK or PUBREC took; nothing but an addition when it took no time. */
function countLatency(connection: Connection, ms: number): void {
  const latency = connection.shard.counters.acknowledgementLatency;
  if (ms > 0) latency.add(ms);
  else latency.atOnce++;
}
