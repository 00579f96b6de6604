import type { Placement } from '@nanomq-ts/core';
import type { LinkedShard, PeerLink } from '../host/peer-link.ts';

/** A shard that others are joined to: in a worker thread, or the hub of the main thread. */
export interface PoolMember extends LinkedShard {
  /** @returns settles when the peer has told it what a newcomer has to know */
  join(link: PeerLink): Promise<void>;
  peerGone(peerId: Placement): void;
}
