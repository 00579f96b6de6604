import { RemoteMember } from '../peers/remote-member.ts';
import type { Session } from '../session/session.ts';
import type { Subscription } from '../session/subscription.ts';
import type { TopicKey } from '../topics/topic-key.ts';
import type { TrieEntry } from '../topics/topic-trie.ts';
import type { MemberChoice, MemberRank } from './member-choice.ts';

/** Somebody who takes a share: here or on another shard. */
export type GroupMember = Subscription | RemoteMember;

/** All subscriptions to one `$share/name/filter`; one entry in the trie. @see MQTT 5.0, 4.8.2 Shared Subscriptions */
export class SharedGroup implements TrieEntry {
  slot = 0;
  readonly filterKey: TopicKey;
  readonly hasWildcard: boolean;
  readonly choice: MemberChoice<GroupMember>;
  readonly #members: GroupMember[];

  /** @param members  of a group for one topic: nobody joins or leaves it */
  constructor(
    filterKey: TopicKey,
    hasWildcard: boolean,
    choice: MemberChoice<GroupMember>,
    members: GroupMember[] = [],
  ) {
    this.filterKey = filterKey;
    this.hasWildcard = hasWildcard;
    this.choice = choice;
    this.#members = members;
  }

  get members(): readonly GroupMember[] {
    return this.#members;
  }

  /** A member is in the list of one group, and in none of the trie's: its slot is its place there. */
  join(member: GroupMember): void {
    member.slot = this.#members.length;
    this.#members.push(member);
  }

  leave(member: GroupMember): void {
    const last = this.#members.pop() as GroupMember;
    if (last === member) return;
    this.#members[member.slot] = last;
    last.slot = member.slot;
  }
}

/**
 * How good a receiver the member is now: 2 online with room, 1 online but its window is full or its connection
 * slow, 0 offline, -1 its message queue has no room, so that it would lose the message. Of a member on another shard
 * only whether it is online is known.
 */
export function memberRank(member: GroupMember): MemberRank {
  if (member instanceof RemoteMember) return member.isOnline ? 2 : 0;
  const session: Session = member.session;
  const connection = session.connection;
  if (session.queue?.isFull === true) return -1;
  if (connection === null) return 0;
  if (connection.isCongested || (session.queue !== null && session.queue.length > 0)) return 1;
  return session.window?.isFull === true ? 1 : 2;
}
