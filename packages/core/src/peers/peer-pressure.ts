import type { Peer } from '../ports/peer.ts';

/** Remembers which ways were filled by what was just told to peers: whoever it came from has to wait for those. */
export class PeerPressure {
  /** Nearly always empty. */
  readonly filled = new Set<Peer>();

  /** Something was told to the peer. */
  told(peer: Peer): void {
    if (peer.isFull) this.filled.add(peer);
  }
}
