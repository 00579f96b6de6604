/** How a shared group picks the member that gets a message; the names are those of the configuration. */
export type ShareStrategy = 'round_robin' | 'random' | 'sticky' | 'hash_clientid';

/** 2 = online with room in its inflight window, 1 = online but congested, 0 = offline, -1 = its message queue is full. */
export type MemberRank = -1 | 0 | 1 | 2;

/** Tells how well a member could take a message now. */
export type RankOf<Member> = (member: Member) => MemberRank;

const BEST: MemberRank = 2;
const OFFLINE: MemberRank = 0;
/** Below every rank. */
const NONE = -2;
const UINT32_RANGE = 0x1_0000_0000;

/**
 * Picks the member of one shared group that gets the next message. A member of a better rank always goes before one
 * of a worse rank, so an offline member is chosen only when nobody online has room; among equals the strategy decides:
 * - `round_robin`: the next in the list after the one before.
 * - `random`: each with the same chance.
 * - `sticky`: the one before, for as long as it is a member and online; a random one when it has to change.
 * - `hash_clientid`: by the publishing client's identifier. While the list stays the same and a publisher's member
 *   is ready, its messages go to that member; those of a member that is not ready spread over the ready ones.
 *
 * Choosing allocates nothing and asks a ready member's rank once in the usual case, every rank twice in the worst.
 * The member last chosen is held, by `sticky`, until another one is.
 * @see MQTT 5.0, 4.8.2 Shared Subscriptions
 */
export class MemberChoice<Member> {
  readonly #strategy: ShareStrategy;
  readonly #random: () => number;
  #next = 0;
  #sticky: Member | null = null;
  #stickyAt = 0;

  /** @param random  numbers in [0, 1) */
  constructor(strategy: ShareStrategy, random: () => number) {
    this.#strategy = strategy;
    this.#random = random;
  }

  /** The member chosen before gets the next message too, also when it has no room for it now. */
  get isSticky(): boolean {
    return this.#strategy === 'sticky';
  }

  /**
   * @param members      the group, in an order that changes only when the group does; borrowed for the call
   * @param publisherId  client identifier of the publisher; read by `hash_clientid` alone
   * @param rankOf       must give the same answers for the length of the call
   * @returns the member to deliver to; null when the group is empty
   */
  choose(members: readonly Member[], publisherId: string, rankOf: RankOf<Member>): Member | null {
    if (members.length === 0) return null;
    switch (this.#strategy) {
      case 'round_robin':
        return this.#chooseNext(members, rankOf);
      case 'random':
        return this.#chooseRandom(members, rankOf);
      case 'sticky':
        return this.#chooseSticky(members, rankOf);
      case 'hash_clientid':
        return chooseHashed(members, publisherId, rankOf);
      default:
        return this.#strategy satisfies never;
    }
  }

  #chooseNext(members: readonly Member[], rankOf: RankOf<Member>): Member {
    const count = members.length;
    let bestAt = 0;
    let bestRank = NONE;
    for (let step = 0; step < count && bestRank < BEST; step++) {
      const at = (this.#next + step) % count;
      const rank = rankOf(members[at] as Member);
      if (rank <= bestRank) continue;
      bestAt = at;
      bestRank = rank;
    }
    this.#next = bestAt + 1;
    return members[bestAt] as Member;
  }

  #chooseRandom(members: readonly Member[], rankOf: RankOf<Member>): Member {
    const first = members[Math.floor(this.#random() * members.length)] as Member;
    // Taking the first draw when it is ready and else drawing among the best keeps the chances even.
    return rankOf(first) === BEST ? first : amongBest(members, rankOf, this.#random());
  }

  #chooseSticky(members: readonly Member[], rankOf: RankOf<Member>): Member {
    const sticky = this.#sticky;
    if (sticky !== null && this.#isStillIn(members, sticky)) {
      if (rankOf(sticky) > OFFLINE) return sticky;
      const other = this.#chooseRandom(members, rankOf);
      // With nobody online the messages wait together with those that came before them, while there is room.
      if (rankOf(other) <= rankOf(sticky)) return sticky;
      this.#sticky = other;
    } else {
      this.#sticky = this.#chooseRandom(members, rankOf);
    }
    return this.#sticky;
  }

  #isStillIn(members: readonly Member[], sticky: Member): boolean {
    if (members[this.#stickyAt] === sticky) return true;
    this.#stickyAt = members.indexOf(sticky);
    return this.#stickyAt >= 0;
  }
}

function chooseHashed<Member>(members: readonly Member[], publisherId: string, rankOf: RankOf<Member>): Member {
  const hash = stableHash(publisherId);
  const preferred = members[hash % members.length] as Member;
  if (rankOf(preferred) === BEST) return preferred;
  // Multiplied once more, or all publishers of this member would land on the same substitute.
  return amongBest(members, rankOf, (Math.imul(hash, 0x9e3779b1) >>> 0) / UINT32_RANGE);
}

/** The member at `fraction`, in [0, 1), of those that have the best rank. */
function amongBest<Member>(members: readonly Member[], rankOf: RankOf<Member>, fraction: number): Member {
  let bestRank = NONE;
  let bestCount = 0;
  for (const member of members) {
    const rank = rankOf(member);
    if (rank > bestRank) {
      bestRank = rank;
      bestCount = 1;
    } else if (rank === bestRank) bestCount++;
  }
  let left = Math.floor(fraction * bestCount);
  for (const member of members) {
    if (rankOf(member) === bestRank && left-- === 0) return member;
  }
  throw new Error('the rank of a shared group member changed while it was chosen');
}

/** FNV-1a over the characters, with the finish of MurmurHash3 so that the low bits are mixed: 32 bits, unsigned. */
function stableHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
