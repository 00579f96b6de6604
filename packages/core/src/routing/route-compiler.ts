import type { Qos } from '@nanomq-ts/codec';
import type { ReceiveCheck } from '../access/receive-check.ts';
import { PeerInterest } from '../peers/peer-interest.ts';
import { RemoteMember } from '../peers/remote-member.ts';
import type { Peer } from '../ports/peer.ts';
import type { Session } from '../session/session.ts';
import type { Subscription } from '../session/subscription.ts';
import type { TopicKey } from '../topics/topic-key.ts';
import { LayoutGroup, OriginRule, Route, type Target } from './route.ts';
import { SharedGroup } from './shared-group.ts';
import { encodeSubscriptionIds } from './subscription-ids.ts';

/** What the trie holds. */
export type IndexEntry = Subscription | SharedGroup | PeerInterest;

/**
 * Compiles the lists that the trie found into a route: one target for each session, whatever number of its filters
 * match (two where some are No Local), and each interested peer once.
 * @param generation  of the index, at the time of the match
 * @param lists       borrowed for the call
 * @param receiveCheck  null: everyone may receive everything
 */
export function compileRoute(
  topicKey: TopicKey,
  generation: number,
  lists: readonly (readonly IndexEntry[])[],
  receiveCheck: ReceiveCheck | null = null,
): Route {
  const bySession = new Map<Session, Subscription[]>();
  const sharedGroups: SharedGroup[] = [];
  const peers = new Set<Peer>();
  for (const list of lists) {
    for (const entry of list) {
      if (entry instanceof SharedGroup) {
        const group = receiveCheck === null ? entry : admittedMembers(entry, topicKey, receiveCheck);
        if (group.members.length > 0) sharedGroups.push(group);
        continue;
      }
      if (entry instanceof PeerInterest) {
        peers.add(entry.peer);
        continue;
      }
      const own = bySession.get(entry.session);
      if (own === undefined) bySession.set(entry.session, [entry]);
      else own.push(entry);
    }
  }
  const layouts = new Layouts();
  for (const [session, subscriptions] of bySession) {
    if (receiveCheck === null || receiveCheck.admits(session, topicKey)) addTargets(layouts, session, subscriptions);
  }
  return new Route(topicKey, generation, layouts.groups, layouts.targets, sharedGroups, [...peers]);
}

/**
 * The group as it is for one topic: those of its members that may receive it, chosen from as the group chooses. Members
 * on other shards are looked at there.
 */
function admittedMembers(group: SharedGroup, topicKey: TopicKey, receiveCheck: ReceiveCheck): SharedGroup {
  const members = group.members.filter(
    (member) => member instanceof RemoteMember || receiveCheck.admits(member.session, topicKey),
  );
  if (members.length === group.members.length) return group;
  return new SharedGroup(group.filterKey, group.hasWildcard, group.choice, members);
}

/**
 * One target for a session; two where some but not all of its subscriptions are No Local, since its own messages
 * then reach fewer of them. [MQTT-3.8.3-3]
 */
function addTargets(layouts: Layouts, session: Session, subscriptions: Subscription[]): void {
  const local = subscriptions.filter((subscription) => !subscription.noLocal);
  if (local.length === subscriptions.length) {
    layouts.add(session, subscriptions, OriginRule.Anyone);
    return;
  }
  layouts.add(session, subscriptions, OriginRule.OthersOnly);
  if (local.length > 0) layouts.add(session, local, OriginRule.SelfOnly);
}

class Layouts {
  readonly groups: LayoutGroup[] = [];
  readonly targets: Target[] = [];
  readonly #byKey = new Map<string, LayoutGroup>();

  add(session: Session, subscriptions: readonly Subscription[], originRule: OriginRule): void {
    const isVersion5 = session.protocolVersion === 5;
    let qos: Qos = 0;
    let leastQos: Qos = 0;
    let retainAsPublished = false;
    const ids: number[] = [];
    for (const subscription of subscriptions) {
      if (subscription.qos > qos) qos = subscription.qos;
      if (subscription.raisesQos && subscription.qos > leastQos) leastQos = subscription.qos;
      retainAsPublished ||= subscription.retainAsPublished;
      if (subscription.subscriptionIdentifier > 0) ids.push(subscription.subscriptionIdentifier);
    }
    const usedIds = isVersion5 ? ids : [];
    const key = `${isVersion5} ${session.usesTopicAliases} ${retainAsPublished} ${originRule} ${usedIds}`;
    let group = this.#byKey.get(key);
    if (group === undefined) {
      group = new LayoutGroup(isVersion5, retainAsPublished, encodeSubscriptionIds(usedIds), originRule);
      this.#byKey.set(key, group);
      this.groups.push(group);
    }
    const target: Target = { session, qos, leastQos, group };
    group.targets.push(target);
    this.targets.push(target);
  }
}
