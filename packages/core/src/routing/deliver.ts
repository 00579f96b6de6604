import { PublishFrame, PublishWriter } from '@nanomq-ts/codec';
import { copyBytes } from '../connection/copy-bytes.ts';
import type { Counters } from '../observe/counters.ts';
import { DropReason } from '../observe/drop-reason.ts';
import { PeerPressure } from '../peers/peer-pressure.ts';
import { RemoteMember } from '../peers/remote-member.ts';
import type { Peer } from '../ports/peer.ts';
import { type MessageStore, NEVER_EXPIRES } from '../session/message-store.ts';
import { type Outbound, SendResult } from '../session/outbound.ts';
import type { Session } from '../session/session.ts';
import type { Subscription } from '../session/subscription.ts';
import { Delivered } from './delivered.ts';
import { measureFor, TOO_LARGE } from './receiver-layout.ts';
import { type LayoutGroup, OriginRule, type Route, type Target } from './route.ts';
import { parseFrameAt, SegmentRun } from './segment-run.ts';
import { memberRank, type SharedGroup } from './shared-group.ts';

/** A frame with QoS 0, no DUP and no RETAIN: goes out as it came in, to receivers of the same version. */
const PLAIN_QOS0 = 0x30;

/**
 * Hands one message to everyone on its route. QoS 0 goes through {@link SegmentRun}, which copies neighbouring
 * frames of one route together; QoS 1 and 2 are stored once per layout and go through `Outbound`.
 */
export class Deliver {
  readonly #run: SegmentRun;
  readonly #messages: MessageStore;
  readonly #outbound: Outbound;
  readonly #counters: Counters;
  readonly #pressure: PeerPressure;
  readonly #writer = new PublishWriter();
  readonly #peerFrame = new PublishFrame();
  #serial = 0;

  readonly #queueQos0: boolean;

  /** @param queueQos0  QoS 0 waits for offline sessions like QoS 1 (`mqtt.queue_qos0`) */
  constructor(
    messages: MessageStore,
    outbound: Outbound,
    counters: Counters,
    queueQos0: boolean,
    pressure = new PeerPressure(),
  ) {
    this.#queueQos0 = queueQos0;
    this.#messages = messages;
    this.#outbound = outbound;
    this.#counters = counters;
    this.#pressure = pressure;
    this.#run = new SegmentRun(counters, pressure);
  }

  /**
   * Everyone on the route gets it, on the wire, in the window or in the queue, online or not. [MQTT-4.5.0-1]
   * [v3.1.1 MQTT-4.5.0-1]
   * @param publish  parsed, checked, with its topic name and without alias
   * @param origin   null for the broker's own messages
   * @param isTold   the other shards know of it: it is retained
   */
  publish(publish: PublishFrame, route: Route, origin: Session | null, isTold = false): Delivered {
    const { peers } = route;
    if (route.targets.length === 0 && route.sharedGroups.length === 0 && peers.length === 0) {
      // Nobody misses a statistic or an event of the broker's own.
      if (!route.isSystemTopic) this.#counters.drop(DropReason.NoSubscribers);
      return Delivered.NoSubscribers;
    }
    if (publish.qos === 0) {
      if (route.targets.length > 0 || peers.length > 0) this.#publishQos0(publish, route, origin, isTold);
      for (let i = 0; i < route.sharedGroups.length; i++) {
        this.#publishShared(publish, route.sharedGroups[i] as SharedGroup, origin);
      }
      return Delivered.Taken;
    }
    this.#run.seal();
    if (peers.length > 0 && !isTold) this.#forward(publish, peers);
    const outcome = this.#publishStored(publish, route, origin);
    // What a peer makes of it is counted there; nobody waits for its word.
    return peers.length > 0 ? Delivered.Taken : outcome;
  }

  /** Hands a message that came from a peer to everyone here. Shared subscriptions were decided where it was published. */
  publishFromPeer(publish: PublishFrame, route: Route): void {
    if (publish.qos > 0) {
      this.#run.seal();
      this.#publishStored(publish, route, null, true);
    } else if (route.targets.length > 0) {
      this.#run.seal();
      this.#sendEachQos0(publish, route, null);
    }
  }

  /** As `publishFromPeer`, for whole plain QoS 0 frames of one topic: `buf[start, end)`, the first of them parsed. */
  framesFromPeer(first: PublishFrame, end: number, messages: number, route: Route): void {
    if (route.targets.length === 0) return;
    if (!this.#queueQos0 && route.takesRuns) {
      this.#run.addFromPeer(first, end, messages, route);
      return;
    }
    const { buf, hasProperties } = first;
    for (let at = first.start; at < end; at = this.#peerFrame.end) {
      parseFrameAt(this.#peerFrame, buf, at, hasProperties);
      this.#sendEachQos0(this.#peerFrame, route, null);
    }
  }

  /** To be called before the bytes of the messages published so far are reused. */
  chunkEnds(): void {
    this.#run.close();
  }

  /** Hands out everything collected: at the end of a turn, and before anything that must come after it. */
  seal(): void {
    this.#run.seal();
  }

  /**
   * Sends one message to one session: retained messages and shared subscriptions.
   * @param isOffer  what the session has no room for stays with whoever offers it, and is not counted
   */
  sendTo(
    session: Session,
    publish: PublishFrame,
    qos: number,
    retain: boolean,
    subscriptionIds: Buffer | null,
    isShared = false,
    isOffer = false,
  ): SendResult {
    if (qos === 0) return this.#sendQos0(session, publish, retain, subscriptionIds, isOffer);
    // A shared message may still go to another member, who must get its properties too. [MQTT-3.3.2-17]
    const isVersion5 = session.protocolVersion === 5 || (isShared && publish.propertiesEnd > publish.propertiesStart);
    const handle = this.#storeFrame(publish, isVersion5, subscriptionIds);
    const result = this.#outbound.send(session, handle, qos, retain, isShared, isOffer);
    this.#messages.release(handle);
    return result;
  }

  #publishQos0(publish: PublishFrame, route: Route, origin: Session | null, isTold: boolean): void {
    if (publish.buf[publish.start] === PLAIN_QOS0 && !this.#queueQos0 && route.takesRuns) {
      this.#run.add(publish, route, origin);
      return;
    }
    this.#run.seal();
    if (!isTold) this.#forward(publish, route.peers);
    this.#sendEachQos0(publish, route, origin);
  }

  #forward(publish: PublishFrame, peers: readonly Peer[]): void {
    for (let i = 0; i < peers.length; i++) {
      const peer = peers[i] as Peer;
      peer.publish(publish);
      this.#pressure.told(peer);
    }
  }

  #sendEachQos0(publish: PublishFrame, route: Route, origin: Session | null): void {
    for (let i = 0; i < route.targets.length; i++) {
      const target = route.targets[i] as Target;
      if (!admits(target.group, target.session, origin)) continue;
      const retain = publish.retain && target.group.retainAsPublished;
      this.sendTo(target.session, publish, target.leastQos, retain, target.group.subscriptionIds);
    }
  }

  #publishStored(publish: PublishFrame, route: Route, origin: Session | null, isFromPeer = false): Delivered {
    const serial = ++this.#serial;
    let taken = 0;
    let tried = 0;
    for (let i = 0; i < route.targets.length; i++) {
      const target = route.targets[i] as Target;
      const group = target.group;
      if (group.originRule !== OriginRule.Anyone && !admits(group, target.session, origin)) continue;
      tried++;
      const retain = publish.retain && group.retainAsPublished; // [MQTT-3.3.1-12] [MQTT-3.3.1-13]
      if (target.qos === 0) {
        this.#sendQos0(target.session, publish, retain, group.subscriptionIds);
        taken++; // At most once: a loss is counted, but it is no full queue that the publisher could wait for.
        continue;
      }
      if (group.storedFor !== serial) {
        group.stored = this.#storeFrame(publish, group.isVersion5, group.subscriptionIds);
        group.storedFor = serial;
      }
      const qos = Math.max(target.leastQos, Math.min(target.qos, publish.qos)); // [MQTT-3.8.4-8]
      if (this.#outbound.send(target.session, group.stored, qos, retain) === SendResult.Taken) taken++;
    }
    for (let i = 0; i < route.groups.length; i++) {
      const group = route.groups[i] as LayoutGroup;
      if (group.storedFor === serial) this.#messages.release(group.stored);
    }
    for (let i = 0; i < route.sharedGroups.length && !isFromPeer; i++) {
      tried++;
      if (this.#publishShared(publish, route.sharedGroups[i] as SharedGroup, origin) === SendResult.Taken) taken++;
    }
    if (taken > 0) return Delivered.Taken;
    return tried > 0 ? Delivered.QueuesFull : Delivered.NoSubscribers;
  }

  /** One member gets it [MQTT-4.8.2-3], as a copy of its own with the identifier of this subscription [MQTT-3.3.4-5]. */
  #publishShared(publish: PublishFrame, group: SharedGroup, origin: Session | null): SendResult {
    const member = group.choice.choose(group.members, origin?.clientId ?? '', memberRank);
    if (member === null) return SendResult.Dropped;
    if (member instanceof RemoteMember) {
      this.#run.seal();
      member.peer.publishTo(member.topicFilter, member.clientId, publish, publish.qos, 0);
      this.#pressure.told(member.peer);
      return SendResult.Taken;
    }
    return this.sendToMember(member, publish, publish.qos);
  }

  /** Sends a message of a shared subscription to the member that was chosen. @param mostQos  to deliver with */
  sendToMember(member: Subscription, publish: PublishFrame, mostQos: number): SendResult {
    const qos = Math.min(member.qos, mostQos);
    if (qos === 0) this.#run.seal();
    const retain = publish.retain && member.retainAsPublished;
    const result = this.sendTo(member.session, publish, qos, retain, member.subscriptionIds, true);
    return qos === 0 ? SendResult.Taken : result;
  }

  /** Whatever QoS and DUP it came with. [MQTT-4.3.1-1] [v3.1.1 MQTT-4.3.1-1] */
  #sendQos0(
    session: Session,
    publish: PublishFrame,
    retain: boolean,
    subscriptionIds: Buffer | null,
    isOffer = false,
  ): SendResult {
    const connection = session.connection;
    if (connection === null) {
      if (this.#queueQos0 || session.queuesQos0) {
        return this.#queueForLater(session, publish, retain, subscriptionIds);
      }
      this.#counters.dropFor(session, DropReason.Offline);
      return SendResult.Dropped;
    }
    if (connection.isCongested) {
      if (!isOffer) this.#counters.dropFor(session, DropReason.SlowReceiver);
      return SendResult.Dropped;
    }
    const writer = this.#writer;
    const topicKey = connection.aliasesOut === null ? '' : publish.topicKey();
    const bytes = measureFor(connection, writer, publish, topicKey, retain ? 0x31 : PLAIN_QOS0, subscriptionIds);
    if (bytes === TOO_LARGE) {
      this.#counters.drop(DropReason.TooLarge); // [MQTT-3.1.2-25]
      return SendResult.Dropped;
    }
    const at = connection.out.reserve(bytes);
    writer.write(publish, connection.out.bytes as Buffer, at);
    this.#counters.countPublishOut(0);
    return SendResult.Taken;
  }

  #queueForLater(session: Session, publish: PublishFrame, retain: boolean, ids: Buffer | null): SendResult {
    const handle = this.#storeFrame(publish, session.protocolVersion === 5, ids);
    const result = this.#outbound.send(session, handle, 0, retain);
    this.#messages.release(handle);
    return result;
  }

  /** Keeps the frame in the layout of its receivers; the caller releases the reference it gets. */
  #storeFrame(publish: PublishFrame, isVersion5: boolean, subscriptionIds: Buffer | null): number {
    const messages = this.#messages;
    if (publish.hasProperties === isVersion5 && subscriptionIds === null && publish.qos > 0) {
      const length = publish.end - publish.start;
      const handle = messages.allocate(length, publish.packetIdAt - publish.start, isVersion5);
      copyBytes(publish.buf, publish.start, publish.end, messages.bufferOf(handle), messages.offsetOf(handle));
      if (publish.deadlineMs !== NEVER_EXPIRES) {
        const at = publish.messageExpiryAt < 0 ? 0 : publish.messageExpiryAt - publish.start;
        messages.setExpiry(handle, publish.deadlineMs, at);
      }
      return handle;
    }
    const writer = this.#writer;
    // The published QoS, for a shared message that moves to another member; an identifier has room in any case.
    writer.reset(publish.qos === 2 ? 0x34 : 0x32, isVersion5);
    if (isVersion5) writer.extraProperties = subscriptionIds;
    const handle = messages.allocate(writer.measure(publish), 0, isVersion5);
    writer.write(publish, messages.bufferOf(handle), messages.offsetOf(handle));
    messages.setPacketIdAt(handle, writer.packetIdAt);
    // Never sent, but a frame with identifier 0 could not be parsed again.
    messages.bufferOf(handle).writeUInt16BE(1, messages.offsetOf(handle) + writer.packetIdAt);
    if (publish.deadlineMs !== NEVER_EXPIRES) {
      messages.setExpiry(handle, publish.deadlineMs, writer.messageExpiryAt);
    }
    return handle;
  }
}

/** No Local, by the route's rule. [MQTT-3.8.3-3] */
export function admits(group: LayoutGroup, session: Session, origin: Session | null): boolean {
  if (group.originRule === OriginRule.Anyone) return true;
  return (group.originRule === OriginRule.SelfOnly) === (session === origin);
}
