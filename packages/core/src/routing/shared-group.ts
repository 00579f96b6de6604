import type { Session } from '../session/session.ts';
import type { Subscription } from '../session/subscription.ts';
import type { TopicKey } from '../topics/topic-key.ts';
import type { TrieEntry } from '../topics/topic-trie.ts';
import type { MemberChoice } from './member-choice.ts';

/** All subscriptions to one `$share/name/filter`; one entry in the trie. @see MQTT 5.0, 4.8.2 Shared Subscriptions */
export class SharedGroup implements TrieEntry {
  slot = 0;
  readonly filterKey: TopicKey;
  readonly hasWildcard: boolean;
  readonly members: Subscription[] = [];
  readonly choice: MemberChoice<Subscription>;

  constructor(filterKey: TopicKey, hasWildcard: boolean, choice: MemberChoice<Subscription>) {
    this.filterKey = filterKey;
    this.hasWildcard = hasWildcard;
    this.choice = choice;
  }
}

/**
 * How good a receiver the member is now: 2 online with room, 1 online but its window is full or its connection
 * slow, 0 offline.
 */
export function memberRank(member: Subscription): 0 | 1 | 2 {
  const session: Session = member.session;
  const connection = session.connection;
  if (connection === null) return 0;
  if (connection.isCongested || (session.queue !== null && session.queue.length > 0)) return 1;
  return session.window?.isFull === true ? 1 : 2;
}
