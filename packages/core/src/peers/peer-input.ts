import { PublishFrame, PublishProperties } from '@nanomq-ts/codec';
import { banKeyOf } from '../limits/ban-table.ts';
import type { Ban, BanTarget } from '../ports/ban-list.ts';
import type {
  Peer,
  PeerEvents,
  PeerMember,
  PeerMessage,
  RelayOrigin,
  RetainedPublisher,
  RetainedVersion,
} from '../ports/peer.ts';
import type { Route } from '../routing/route.ts';
import { parseFrameAt } from '../routing/segment-run.ts';
import type { Shard } from '../shard.ts';
import type { TopicKey } from '../topics/topic-key.ts';
import { IncomingRelays } from './incoming-relays.ts';
import { PeerInterest } from './peer-interest.ts';
import { RemoteMember } from './remote-member.ts';
import { deliverShared } from './shared-arrival.ts';

interface HeldInterest {
  readonly interest: PeerInterest;
  readonly hasWildcard: boolean;
}

/** What one peer tells this shard, and what is remembered of it until it is gone. Delivered here, never forwarded. */
export class PeerInput implements PeerEvents {
  /** Connections online over there. */
  onlineCount = 0;
  readonly #shard: Shard;
  readonly #peer: Peer;
  readonly #interest = new Map<TopicKey, HeldInterest>();
  readonly #members = new Map<string, RemoteMember>();
  readonly #addresses = new Map<string, number>();
  readonly #relays: IncomingRelays;
  readonly #frame = new PublishFrame();
  readonly #properties = new PublishProperties();
  /** The route of the last message: what comes over a ring comes in runs. */
  #lastRoute: Route | null = null;
  #whenIntroduced: (() => void) | null = null;
  #isIntroduced = false;
  /** Bans lifted before the peer has introduced itself: it may tell of them as it knew them until then. */
  readonly #unbanned = new Set<string>();

  constructor(shard: Shard, peer: Peer) {
    this.#shard = shard;
    this.#peer = peer;
    this.#relays = new IncomingRelays(shard, peer);
  }

  /** Settles when the peer has told everything that a newcomer has to know. */
  whenIntroduced(): Promise<void> {
    if (this.#isIntroduced) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenIntroduced = resolve;
    });
  }

  interestAdded(filterKey: TopicKey, hasWildcard: boolean): void {
    const interest = new PeerInterest(this.#peer);
    this.#interest.set(filterKey, { interest, hasWildcard });
    this.#shard.index.addInterest(filterKey, hasWildcard, interest);
  }

  interestRemoved(filterKey: TopicKey, hasWildcard: boolean): void {
    const held = this.#interest.get(filterKey) as HeldInterest;
    this.#interest.delete(filterKey);
    this.#shard.index.removeInterest(filterKey, hasWildcard, held.interest);
  }

  memberJoined({ topicFilter, filterKey, hasWildcard, clientId, isOnline }: PeerMember): void {
    const member = new RemoteMember(this.#peer, topicFilter, clientId, isOnline);
    this.#members.set(memberKey(topicFilter, clientId), member);
    this.#shard.index.addRemoteMember(member, filterKey, hasWildcard);
  }

  memberChanged(topicFilter: string, clientId: string, isOnline: boolean): void {
    const member = this.#members.get(memberKey(topicFilter, clientId));
    if (member !== undefined) member.isOnline = isOnline;
  }

  memberLeft(topicFilter: string, clientId: string): void {
    const key = memberKey(topicFilter, clientId);
    const member = this.#members.get(key);
    if (member === undefined) return;
    this.#members.delete(key);
    this.#shard.index.removeRemoteMember(member);
  }

  introduced(): void {
    this.#isIntroduced = true;
    this.#unbanned.clear();
    this.#whenIntroduced?.();
  }

  frames(buf: Buffer, start: number, end: number, messages: number, isVersion5: boolean): void {
    const { turn, deliver } = this.#shard;
    const frame = this.#frame;
    turn.begin();
    parseFrameAt(frame, buf, start, isVersion5);
    deliver.framesFromPeer(frame, end, messages, this.#routeOf(frame));
  }

  publish(buf: Buffer, start: number, _end: number, isVersion5: boolean, deadlineMs: number): void {
    const { turn, deliver } = this.#shard;
    const frame = this.#frame;
    turn.begin();
    parseFrameAt(frame, buf, start, isVersion5);
    if (deadlineMs > 0) this.#setDeadline(deadlineMs);
    deliver.publishFromPeer(frame, this.#routeOf(frame));
    // The bytes lie in the ring: nothing may remember where.
    deliver.chunkEnds();
  }

  publishTo(topicFilter: string, clientId: string, message: PeerMessage, qos: number, hops: number): void {
    this.#shard.turn.begin();
    deliverShared(this.#shard, topicFilter, clientId, this.#parse(message), qos, hops);
  }

  retain(
    message: PeerMessage,
    version: RetainedVersion,
    publisherId: string,
    publisher: RetainedPublisher | null,
    isLive: boolean,
  ): void {
    const { turn, retained, routeCache, deliver } = this.#shard;
    turn.begin();
    const frame = this.#parse(message);
    retained.storeFromPeer(frame, version, publisherId, publisher);
    if (!isLive) return;
    const route = routeCache.receivingRouteFor(frame.topicKey());
    if (route === null) return;
    deliver.publishFromPeer(frame, route);
    deliver.chunkEnds();
  }

  onlineChanged(connections: number): void {
    this.onlineCount = connections;
  }

  addressChanged(addressKey: string, connections: number): void {
    const former = this.#addresses.get(addressKey) ?? 0;
    if (connections === 0) this.#addresses.delete(addressKey);
    else this.#addresses.set(addressKey, connections);
    this.#shard.guard.addresses.changedElsewhere(addressKey, connections - former);
  }

  clientLeft(clientId: string): void {
    this.#shard.turn.begin();
    this.#shard.guard.leftElsewhere(clientId);
  }

  banned(ban: Ban): void {
    if (!this.#unbanned.has(banKeyOf(ban.by, ban.value))) this.#shard.guard.bannedElsewhere(ban);
  }

  unbanned(by: BanTarget, value: string): void {
    this.#unbanned.delete(banKeyOf(by, value));
    this.#shard.peers.unbanned(by, value, this);
    this.#shard.guard.bans.remove(by, value);
  }

  /** Somebody else has lifted the ban. */
  unbannedElsewhere(by: BanTarget, value: string): void {
    if (!this.#isIntroduced) this.#unbanned.add(banKeyOf(by, value));
  }

  relayOpened(relayId: number, origin: RelayOrigin): void {
    this.#relays.opened(relayId, origin);
  }

  relayReceived(relayId: number, bytes: Buffer, start: number, end: number): void {
    this.#relays.received(relayId, bytes, start, end);
  }

  relayClosed(relayId: number): void {
    this.#relays.closed(relayId);
  }

  relayTaken(relayId: number, bytes: number): void {
    this.#relays.taken(relayId, bytes);
  }

  relayWrite(relayId: number, bytes: Buffer, start: number, end: number): void {
    this.#shard.relays.find(relayId)?.write(bytes, start, end);
  }

  relayPause(relayId: number, isPaused: boolean): void {
    this.#shard.relays.find(relayId)?.pause(isPaused);
  }

  relayEnd(relayId: number, isAtOnce: boolean): void {
    this.#shard.relays.find(relayId)?.end(isAtOnce);
  }

  drained(): void {
    this.#shard.turn.begin();
    this.#shard.peers.roomAgain(this.#peer);
  }

  gone(): void {
    const shard = this.#shard;
    shard.turn.begin();
    for (const [filterKey, { interest, hasWildcard }] of this.#interest) {
      shard.index.removeInterest(filterKey, hasWildcard, interest);
    }
    for (const member of this.#members.values()) shard.index.removeRemoteMember(member);
    for (const [addressKey, count] of this.#addresses) shard.guard.addresses.changedElsewhere(addressKey, -count);
    this.#relays.peerGone();
    shard.relays.peerGone(this.#peer);
    shard.peers.left(this.#peer);
    this.introduced();
  }

  #routeOf({ buf, topicStart, topicEnd }: PublishFrame): Route {
    const { routeCache } = this.#shard;
    let route = this.#lastRoute;
    if (route === null || !routeCache.isCurrent(route) || !route.isFor(buf, topicStart, topicEnd)) {
      route = routeCache.routeForBytes(buf, topicStart, topicEnd);
      this.#lastRoute = route;
    }
    return route;
  }

  #parse({ buf, start, isVersion5, deadlineMs }: PeerMessage): PublishFrame {
    parseFrameAt(this.#frame, buf, start, isVersion5);
    if (deadlineMs > 0) this.#setDeadline(deadlineMs);
    return this.#frame;
  }

  /** The deadline counts from when the message was published; the interval stands where its property is. */
  #setDeadline(deadlineMs: number): void {
    const frame = this.#frame;
    const properties = this.#properties;
    properties.scan(frame.buf, frame.propertiesStart, frame.propertiesEnd, false, Infinity);
    frame.messageExpiryAt = properties.messageExpiryAt;
    frame.deadlineMs = deadlineMs;
  }
}

function memberKey(topicFilter: string, clientId: string): string {
  return `${topicFilter}\u0000${clientId}`;
}
