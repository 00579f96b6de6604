import type { Connection } from '../connection/connection.ts';
import type { Peer } from '../ports/peer.ts';
import { OutgoingRelay } from './outgoing-relay.ts';

/** The connections accepted here that other shards handle. */
export class OutgoingRelays {
  readonly #relays = new Map<number, OutgoingRelay>();
  #lastId = 0;

  get size(): number {
    return this.#relays.size;
  }

  make(connection: Connection, peer: Peer): OutgoingRelay {
    const relay = new OutgoingRelay(connection, peer, ++this.#lastId);
    this.#relays.set(relay.id, relay);
    return relay;
  }

  find(id: number): OutgoingRelay | undefined {
    return this.#relays.get(id);
  }

  /** The client's connection is over. */
  closed(relay: OutgoingRelay): void {
    if (this.#relays.delete(relay.id)) relay.closed();
  }

  /** Clients whose session was there have to come again. */
  peerGone(peer: Peer): void {
    for (const relay of this.#relays.values()) {
      if (relay.peer !== peer) continue;
      this.#relays.delete(relay.id);
      relay.end(false);
    }
  }
}
