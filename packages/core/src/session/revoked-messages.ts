import { PublishFrame } from '@nanomq-ts/codec';
import { DropReason } from '../observe/drop-reason.ts';
import type { Shard } from '../shard.ts';
import { filterMatches } from '../topics/filter-match.ts';
import type { TopicKey } from '../topics/topic-key.ts';
import type { MessageHandle } from './message-store.ts';
import type { Session } from './session.ts';
import { parseStored } from './stored-frame.ts';

/**
 * Looks through what waits for a session, after a change of its rights: messages it may not receive any more go
 * nowhere and are counted.
 * @param isResumed      its client is just back: what was in flight on the last connection counts as waiting, too
 * @param hasLostFilters  subscriptions were ended: messages that no remaining one matches go with them
 */
export function dropRevokedMessages(shard: Shard, session: Session, isResumed: boolean, hasLostFilters: boolean): void {
  session.checkedGeneration = shard.outbound.generation;
  const waiting = (session.queue?.length ?? 0) + (session.window?.count ?? 0);
  if (waiting === 0) return;
  const frame = new PublishFrame();
  const decisions = new Map<TopicKey, boolean>();
  const isRevoked = (handle: MessageHandle): boolean => {
    parseStored(shard.messages, handle, frame);
    const topicKey = frame.topicKey();
    let revoked = decisions.get(topicKey);
    if (revoked === undefined) {
      revoked = !shard.receiveCheck.admits(session, topicKey) || (hasLostFilters && !isSubscribed(session, topicKey));
      decisions.set(topicKey, revoked);
    }
    return revoked;
  };
  const dropped = shard.outbound.withdraw(session, isResumed, isRevoked);
  if (dropped > 0) shard.counters.drop(DropReason.NotAuthorized, dropped);
}

function isSubscribed({ subscriptions }: Session, topicKey: TopicKey): boolean {
  for (const { filterKey } of subscriptions?.values() ?? []) if (filterMatches(filterKey, topicKey)) return true;
  return false;
}
