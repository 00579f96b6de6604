import type { Peer } from '../ports/peer.ts';

/** A member of a shared subscription whose session lives on another shard. */
export class RemoteMember {
  /** Its place in its group. */
  slot = 0;
  readonly peer: Peer;
  /** As the client wrote it, with `$share/name/`. */
  readonly topicFilter: string;
  readonly clientId: string;
  isOnline: boolean;

  constructor(peer: Peer, topicFilter: string, clientId: string, isOnline: boolean) {
    this.peer = peer;
    this.topicFilter = topicFilter;
    this.clientId = clientId;
    this.isOnline = isOnline;
  }
}
