import type { Peer, RelayOrigin } from '../ports/peer.ts';
import type { TransportEvents } from '../ports/transport.ts';
import type { Shard } from '../shard.ts';
import { RelayedTransport } from './relayed-transport.ts';

/** The connections that one peer accepted and this shard handles, by the peer's numbers. */
export class IncomingRelays {
  readonly #shard: Shard;
  readonly #peer: Peer;
  readonly #transports = new Map<number, RelayedTransport>();

  constructor(shard: Shard, peer: Peer) {
    this.#shard = shard;
    this.#peer = peer;
  }

  opened(relayId: number, origin: RelayOrigin): void {
    const events: (transport: RelayedTransport) => TransportEvents = (each) => this.#shard.accept(each);
    const transport = new RelayedTransport(this.#peer, relayId, origin, (callback) => this.#shard.turn.after(callback));
    this.#transports.set(relayId, transport);
    transport.attach(events(transport));
  }

  received(relayId: number, bytes: Buffer, start: number, end: number): void {
    this.#transports.get(relayId)?.received(bytes, start, end);
  }

  taken(relayId: number, bytes: number): void {
    this.#transports.get(relayId)?.taken(bytes);
  }

  closed(relayId: number): void {
    const transport = this.#transports.get(relayId);
    this.#transports.delete(relayId);
    transport?.closedByPeer();
  }

  /** Whatever came over the peer is cut. */
  peerGone(): void {
    for (const transport of this.#transports.values()) transport.closedByPeer();
    this.#transports.clear();
  }
}
