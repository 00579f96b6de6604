import type { Peer, RelayOrigin } from '../ports/peer.ts';
import type { PeerCertificate, Transport, TransportEvents } from '../ports/transport.ts';

/**
 * Bytes that may be on their way to the client before it counts as slow: they stand for what the buffers of a socket
 * take.
 */
const WINDOW_BYTES = 256 * 1024;

/** A connection that another shard accepted: its bytes come and go over that peer. */
export class RelayedTransport implements Transport {
  readonly isRelayed = true;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly listener: string;
  readonly peerCertificate: PeerCertificate | null;
  readonly #peer: Peer;
  readonly #relayId: number;
  readonly #afterTurn: (callback: () => void) => void;
  #events: TransportEvents | null = null;
  /** Written and not yet taken by the client's socket. */
  #openBytes = 0;
  #isCongested = false;
  #isPaused = false;
  /** What came while it was paused. */
  #kept: Buffer[] = [];
  #isEnding = false;
  #isClosed = false;

  constructor(peer: Peer, relayId: number, origin: RelayOrigin, afterTurn: (callback: () => void) => void) {
    this.#peer = peer;
    this.#relayId = relayId;
    this.#afterTurn = afterTurn;
    this.remoteAddress = origin.remoteAddress;
    this.remotePort = origin.remotePort;
    this.listener = origin.listener;
    this.peerCertificate = origin.peerCertificate;
  }

  attach(events: TransportEvents): void {
    this.#events = events;
  }

  get pendingBytes(): number {
    return Math.max(0, this.#openBytes - WINDOW_BYTES);
  }

  write(bytes: Buffer): boolean {
    if (this.#isClosed || this.#isEnding) return true;
    this.#peer.relayWrite(this.#relayId, bytes);
    this.#openBytes += bytes.length;
    if (this.#openBytes <= WINDOW_BYTES) return true;
    this.#isCongested = true;
    return false;
  }

  pause(): void {
    if (this.#isPaused || this.#isClosed) return;
    this.#isPaused = true;
    this.#peer.relayPause(this.#relayId, true);
  }

  resume(): void {
    if (!this.#isPaused || this.#isClosed) return;
    this.#isPaused = false;
    this.#peer.relayPause(this.#relayId, false);
    if (this.#kept.length > 0) this.#afterTurn(() => this.#deliverKept());
  }

  end(): void {
    if (this.#isClosed || this.#isEnding) return;
    this.#isEnding = true;
    this.#kept = [];
    this.#peer.relayEnd(this.#relayId, false);
  }

  destroy(): void {
    if (this.#isClosed) return;
    this.#isEnding = true;
    this.#kept = [];
    this.#peer.relayEnd(this.#relayId, true);
  }

  /** Bytes of the client. */
  received(bytes: Buffer, start: number, end: number): void {
    if (this.#isEnding) return;
    if (this.#isPaused || this.#kept.length > 0) {
      this.#kept.push(Buffer.from(bytes.subarray(start, end)));
      return;
    }
    // The callee may overwrite what it gets, and these bytes lie in the ring: nobody reads them there again.
    this.#events?.received(bytes.subarray(start, end), end - start);
  }

  /** The client's socket took so many bytes. */
  taken(bytes: number): void {
    this.#openBytes -= bytes;
    if (!this.#isCongested || this.#openBytes > WINDOW_BYTES) return;
    this.#isCongested = false;
    if (!this.#isEnding) this.#events?.drained();
  }

  /** The client's connection is over, or the way to it. */
  closedByPeer(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isEnding = true;
    this.#kept = [];
    this.#events?.closed();
  }

  #deliverKept(): void {
    while (this.#kept.length > 0 && !this.#isPaused && !this.#isEnding) {
      const bytes = this.#kept.shift() as Buffer;
      this.#events?.received(bytes, bytes.length);
    }
  }
}
