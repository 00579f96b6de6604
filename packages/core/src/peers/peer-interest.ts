import type { Peer } from '../ports/peer.ts';
import type { TrieEntry } from '../topics/topic-trie.ts';

/** One filter that somebody on another shard subscribes to. */
export class PeerInterest implements TrieEntry {
  slot = 0;
  readonly peer: Peer;

  constructor(peer: Peer) {
    this.peer = peer;
  }
}
