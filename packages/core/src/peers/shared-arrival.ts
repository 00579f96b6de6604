import type { PublishFrame } from '@nanomq-ts/codec';
import { DropReason } from '../observe/drop-reason.ts';
import { type GroupMember, memberRank } from '../routing/shared-group.ts';
import type { Shard } from '../shard.ts';
import { RemoteMember } from './remote-member.ts';

const READY = 2;
const OFFLINE = 0;

/**
 * A message of a shared subscription came for one member of this shard. The publisher's shard knew of the member no more
 * than that it was online: if it has left, is not allowed the topic, is offline or has no room, the choice is made again
 * with what is known here, and may fall on another shard; only so often that the message arrives.
 * @param hops  shards that it has come through before this one
 */
export function deliverShared(
  shard: Shard,
  topicFilter: string,
  clientId: string,
  frame: PublishFrame,
  qos: number,
  hops: number,
): void {
  const { index, deliver, counters, peers } = shard;
  const group = index.group(topicFilter);
  const eligible = eligibleFor(shard, group?.members ?? [], frame.topicKey());
  const named = eligible.find((member) => !(member instanceof RemoteMember) && member.session.clientId === clientId);
  let member: GroupMember | null | undefined = named;
  const isChosenAnew = hops === 0 && group?.choice.isSticky === false;
  if (member === undefined || memberRank(member) < (isChosenAnew ? READY : OFFLINE + 1)) {
    const mayGoOn = hops < peers.all.length;
    const others = mayGoOn ? eligible : eligible.filter((each) => !(each instanceof RemoteMember));
    member = group?.choice.choose(others, '', memberRank) ?? null;
    // Among those no better than the one it was meant for, that one has it.
    if (named !== undefined && member !== null && memberRank(member) <= memberRank(named)) member = named;
  }
  if (member === null) counters.drop(DropReason.NoSubscribers);
  else if (!(member instanceof RemoteMember)) deliver.sendToMember(member, frame, qos);
  else member.peer.publishTo(topicFilter, member.clientId, frame, qos, hops + 1);
}

function eligibleFor({ receiveCheck }: Shard, members: readonly GroupMember[], topicKey: string): GroupMember[] {
  return members.filter((each) => each instanceof RemoteMember || receiveCheck.admits(each.session, topicKey));
}
