import type { Connection } from '../connection/connection.ts';
import type { Peer } from '../ports/peer.ts';

/**
 * A connection accepted here whose session lives on another shard: everything the client sends goes there, and what
 * comes back goes to the client. Nothing is looked at on the way.
 */
export class OutgoingRelay {
  readonly peer: Peer;
  readonly #id: number;
  readonly #connection: Connection;
  /** Given to the socket and not yet taken by it. */
  #waitingBytes = 0;
  #isPausedThere = false;

  constructor(connection: Connection, peer: Peer, id: number) {
    this.#connection = connection;
    this.peer = peer;
    this.#id = id;
  }

  get id(): number {
    return this.#id;
  }

  /** The home shard does not want to be sent more for now. */
  get isPausedThere(): boolean {
    return this.#isPausedThere;
  }

  /** Tells the home shard of the connection and of what was read of it already. */
  open(...read: readonly (Buffer | null)[]): void {
    const { remoteAddress, remotePort, listener, peerCertificate } = this.#connection.transport;
    this.peer.relayOpened(this.#id, { remoteAddress, remotePort, listener, peerCertificate });
    for (const bytes of read) if (bytes !== null && bytes.length > 0) this.received(bytes, bytes.length);
  }

  received(chunk: Buffer, length: number): void {
    this.peer.relayReceived(this.#id, chunk, 0, length);
    this.#connection.shard.peers.pressure.told(this.peer);
  }

  /** Bytes for the client, borrowed. */
  write(bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    // A copy, because a transport that does not take it at once keeps it.
    if (this.#connection.transport.write(Buffer.from(bytes.subarray(start, end)))) {
      this.peer.relayTaken(this.#id, length);
    } else this.#waitingBytes += length;
  }

  drained(): void {
    this.peer.relayTaken(this.#id, this.#waitingBytes);
    this.#waitingBytes = 0;
  }

  pause(isPaused: boolean): void {
    this.#isPausedThere = isPaused;
    const connection = this.#connection;
    if (isPaused) connection.transport.pause();
    else if (!connection.isAwaitingPeers) connection.transport.resume();
  }

  end(isAtOnce: boolean): void {
    if (isAtOnce) this.#connection.transport.destroy();
    else this.#connection.transport.end();
  }

  closed(): void {
    this.peer.relayClosed(this.#id);
  }
}
