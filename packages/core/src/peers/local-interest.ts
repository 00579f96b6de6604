import type { Peer, PeerMember } from '../ports/peer.ts';
import type { Session } from '../session/session.ts';
import type { Subscription } from '../session/subscription.ts';
import type { TopicKey } from '../topics/topic-key.ts';

/** What the other shards are told, all of them alike. */
export type TellPeers = (tell: (peer: Peer) => void) => void;

interface Interest {
  readonly hasWildcard: boolean;
  count: number;
}

/**
 * What this shard subscribes to, as the others have to know it: each filter once, however many subscribe to it here, and
 * every member of a shared subscription.
 */
export class LocalInterest {
  readonly #tell: TellPeers;
  readonly #filters = new Map<TopicKey, Interest>();
  readonly #members = new Set<Subscription>();

  constructor(tell: TellPeers) {
    this.#tell = tell;
  }

  /** A subscription was added to the index, its group set when it is shared. */
  added(subscription: Subscription): void {
    const { filterKey, hasWildcard, group } = subscription;
    if (group !== null) {
      this.#members.add(subscription);
      const member = peerMemberOf(subscription);
      this.#tell((peer) => peer.memberJoined(member));
      return;
    }
    const interest = this.#filters.get(filterKey);
    if (interest !== undefined) {
      interest.count++;
      return;
    }
    this.#filters.set(filterKey, { hasWildcard, count: 1 });
    this.#tell((peer) => peer.interestAdded(filterKey, hasWildcard));
  }

  /** A subscription was removed from the index. */
  removed(subscription: Subscription): void {
    const { filterKey, hasWildcard, topicFilter, session } = subscription;
    if (this.#members.delete(subscription)) {
      this.#tell((peer) => peer.memberLeft(topicFilter, session.clientId));
      return;
    }
    const interest = this.#filters.get(filterKey) as Interest;
    if (--interest.count > 0) return;
    this.#filters.delete(filterKey);
    this.#tell((peer) => peer.interestRemoved(filterKey, hasWildcard));
  }

  /** The client came or went while its session stays. */
  onlineChanged(session: Session): void {
    if (this.#members.size === 0) return;
    const isOnline = session.connection !== null;
    for (const { group, topicFilter } of session.subscriptions?.values() ?? []) {
      if (group !== null) this.#tell((peer) => peer.memberChanged(topicFilter, session.clientId, isOnline));
    }
  }

  /** Tells a newcomer what the others know. */
  introduceTo(peer: Peer): void {
    for (const [filterKey, { hasWildcard }] of this.#filters) peer.interestAdded(filterKey, hasWildcard);
    for (const subscription of this.#members) peer.memberJoined(peerMemberOf(subscription));
  }
}

function peerMemberOf({ topicFilter, filterKey, hasWildcard, session }: Subscription): PeerMember {
  const { clientId, connection } = session;
  return { topicFilter, filterKey, hasWildcard, clientId, isOnline: connection !== null };
}
