import type { Peer } from '../ports/peer.ts';

/** Remembers whether what was just told to peers filled the way to one: then whoever it came from has to wait. */
export class PeerPressure {
  isFilled = false;

  /** Something was told to the peer. */
  told(peer: Peer): void {
    if (peer.isFull) this.isFilled = true;
  }
}
