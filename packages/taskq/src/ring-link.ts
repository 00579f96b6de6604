import type { Peer, PeerEvents } from '@nanomq-ts/core';
import { type RingMemory, RingReader, RingWriter } from './ring.ts';
import { RingInput } from './ring-input.ts';
import { RingPeer } from './ring-peer.ts';

/** The two rings between this shard and another one, and who is to be woken. */
export interface RingLinkOptions {
  /** The other shard's number. */
  readonly peerId: number;
  /** The ring that this shard writes to. The other one has it as `incoming`. */
  readonly outgoing: RingMemory;
  /** The ring that this shard reads from. */
  readonly incoming: RingMemory;
  /** Makes the other shard's thread poll soon: its bell. */
  readonly wakePeer: () => void;
  /** Makes this thread poll soon, and never from within the call: its own bell. */
  readonly wakeSelf: () => void;
}

/**
 * One end of the way between two shards:
 *
 *     const link = new RingLink({ peerId, outgoing, incoming, wakePeer, wakeSelf });
 *     link.attach(shard.peers.join(link.peer, () => link.poll()));
 */
export class RingLink {
  readonly #writer: RingWriter;
  readonly #reader: RingReader;
  readonly #peer: RingPeer;
  #events: PeerEvents | null = null;
  #input: RingInput | null = null;

  constructor({ peerId, outgoing, incoming, wakePeer, wakeSelf }: RingLinkOptions) {
    this.#writer = new RingWriter(outgoing, wakePeer, wakeSelf);
    this.#reader = new RingReader(incoming, wakePeer, wakeSelf);
    this.#peer = new RingPeer(peerId, this.#writer);
  }

  get peer(): Peer {
    return this.#peer;
  }

  /** From now on what arrives is told to `events`; what has arrived waits for the next `poll`. */
  attach(events: PeerEvents): void {
    this.#events = events;
    this.#input = new RingInput(this.#reader, events);
  }

  /**
   * Tells what has arrived, and that there is room again. To be called when the thread was woken and before each chunk
   * that is handled; costs two atomic loads when there is nothing.
   * @returns true when there was something: nobody wakes this thread for more, until `sleep`
   */
  poll(): boolean {
    if (this.#events === null || this.#input === null) return false;
    const isDrained = this.#writer.drain();
    if (isDrained) this.#events.drained();
    return this.#input.poll() || isDrained;
  }

  /** To be called when a poll has found nothing: from then on this thread is woken. */
  sleep(): void {
    if (this.#input !== null) this.#reader.sleep();
  }

  /**
   * The other shard is gone: tells what it had committed, then that it is gone, and nothing after. Not to be called from
   * within `PeerEvents`.
   */
  end(): void {
    this.#peer.end();
    this.#input?.poll();
    this.#events?.gone();
    this.#input = this.#events = null;
  }
}
