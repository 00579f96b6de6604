import { PublishFrame, PublishProperties, PublishWriter } from '@nanomq-ts/codec';
import { RemoteMember } from '../peers/remote-member.ts';
import { type GroupMember, memberRank, type SharedGroup } from '../routing/shared-group.ts';
import type { Shard } from '../shard.ts';
import { NEVER_EXPIRES } from './message-store.ts';
import { SendResult } from './outbound.ts';
import type { Session } from './session.ts';
import { parseStored } from './stored-frame.ts';

const OFFLINE = 0;
const RETAIN_BIT = 1;

/**
 * A member of shared subscriptions left: what it has not acknowledged goes to other members, QoS 2 in flight excepted
 * [MQTT-4.8.2-4] [MQTT-4.8.2-5]. What it has acknowledged, be it with a refusal, is settled and gone [MQTT-4.8.2-6];
 * what has expired is begun with no other member [MQTT-3.3.2-5].
 * @param isOver  the session ends for good, so that members that are offline will do too; otherwise what finds no
 *   member online waits for the session to come back
 * @see MQTT 5.0, 4.8.2 Shared Subscriptions
 */
export function returnSharedMessages(shard: Shard, session: Session, isOver = true): void {
  if (session.subscriptions === null || !hasSharedSubscription(session)) return;
  const frame = new PublishFrame();
  shard.outbound.reclaimShared(session, (handle, itemQos, retain) => {
    parseStored(shard.messages, handle, frame);
    if (frame.deadlineMs !== NEVER_EXPIRES && shard.turn.nowMs >= frame.deadlineMs) return false;
    const member = otherMember(shard, session, frame, isOver);
    if (member === null) return false;
    const copy = withoutSubscriptionIds(frame);
    if (copy.messageExpiryAt >= 0) {
      const leftMs = frame.deadlineMs - shard.turn.nowMs;
      copy.buf.writeUInt32BE(Math.ceil(leftMs / 1000), copy.messageExpiryAt); // [MQTT-3.3.2-6]
    }
    // A message that was queued as QoS 0 says nothing of the QoS it was published with.
    const mostQos = itemQos === 0 ? 0 : copy.qos;
    if (member instanceof RemoteMember) {
      copy.buf[0] = ((copy.buf[0] as number) & ~RETAIN_BIT) | (retain ? RETAIN_BIT : 0);
      member.peer.publishTo(member.topicFilter, member.clientId, copy, mostQos, 0);
      return true;
    }
    const qos = Math.min(mostQos, member.qos); // [MQTT-4.8.2-3]
    // What the other has no room for is not lost as long as the session stays.
    const result = shard.deliver.sendTo(member.session, copy, qos, retain, member.subscriptionIds, true, !isOver);
    return isOver || result === SendResult.Taken;
  });
}

function hasSharedSubscription(session: Session): boolean {
  for (const subscription of session.subscriptions?.values() ?? []) if (subscription.group !== null) return true;
  return false;
}

/** Another member of a group that the session shares and the topic belongs to. */
function otherMember(shard: Shard, session: Session, frame: PublishFrame, isOver: boolean): GroupMember | null {
  const route = shard.routeCache.routeFor(frame.topicKey());
  for (const group of route.sharedGroups) {
    const others = othersIn(group, session);
    if (others === null) continue;
    const member = group.choice.choose(others, session.clientId, memberRank);
    if (member !== null && (isOver || memberRank(member) > OFFLINE)) return member;
  }
  return null;
}

/** null when the session is not in the group. */
function othersIn(group: SharedGroup, session: Session): GroupMember[] | null {
  const others = group.members.filter((member) => member instanceof RemoteMember || member.session !== session);
  return others.length === group.members.length ? null : others;
}

/** A copy of the message as it was published: the stored one may carry the identifier of the member that left. */
function withoutSubscriptionIds(frame: PublishFrame): PublishFrame {
  const properties = new PublishProperties();
  properties.scan(frame.buf, frame.propertiesStart, frame.propertiesEnd, false, Infinity);
  // They stand last, `PublishWriter` adds them there.
  if (properties.subscriptionIdentifierCount > 0) frame.propertiesEnd = properties.subscriptionIdentifierAt;
  const writer = new PublishWriter();
  writer.reset(frame.buf[frame.start] as number, frame.hasProperties);
  const bytes = Buffer.alloc(writer.measure(frame));
  writer.write(frame, bytes, 0);
  bytes.writeUInt16BE(frame.packetId, writer.packetIdAt);
  let bodyStart = 1;
  while (((bytes[bodyStart] as number) & 0x80) !== 0) bodyStart++;
  const copy = new PublishFrame();
  copy.parse(bytes, 0, bodyStart + 1, bytes.length, frame.hasProperties);
  copy.deadlineMs = frame.deadlineMs;
  if (writer.messageExpiryAt > 0) copy.messageExpiryAt = writer.messageExpiryAt;
  return copy;
}
