import { RemoteMember } from '../peers/remote-member.ts';
import type { Session } from '../session/session.ts';
import type { Subscription } from '../session/subscription.ts';
import type { TopicKey } from '../topics/topic-key.ts';
import type { TrieEntry } from '../topics/topic-trie.ts';
import type { MemberChoice } from './member-choice.ts';

/** Somebody who takes a share: here or on another shard. */
export type GroupMember = Subscription | RemoteMember;

/** All subscriptions to one `$share/name/filter`; one entry in the trie. @see MQTT 5.0, 4.8.2 Shared Subscriptions */
export class SharedGroup implements TrieEntry {
  slot = 0;
  readonly filterKey: TopicKey;
  readonly hasWildcard: boolean;
  readonly members: GroupMember[] = [];
  readonly choice: MemberChoice<GroupMember>;

  constructor(filterKey: TopicKey, hasWildcard: boolean, choice: MemberChoice<GroupMember>) {
    this.filterKey = filterKey;
    this.hasWildcard = hasWildcard;
    this.choice = choice;
  }
}

/**
 * How good a receiver the member is now: 2 online with room, 1 online but its window is full or its connection
 * slow, 0 offline. Of a member on another shard only whether it is online is known.
 */
export function memberRank(member: GroupMember): 0 | 1 | 2 {
  if (member instanceof RemoteMember) return member.isOnline ? 2 : 0;
  const session: Session = member.session;
  const connection = session.connection;
  if (connection === null) return 0;
  if (connection.isCongested || (session.queue !== null && session.queue.length > 0)) return 1;
  return session.window?.isFull === true ? 1 : 2;
}
