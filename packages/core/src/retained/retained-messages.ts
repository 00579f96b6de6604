import { PublishFrame } from '@nanomq-ts/codec';
import type { ReceiveCheck } from '../access/receive-check.ts';
import type { Connection } from '../connection/connection.ts';
import type { Counters } from '../observe/counters.ts';
import { DropReason } from '../observe/drop-reason.ts';
import type { Principal } from '../ports/access.ts';
import type { RetainedVersion } from '../ports/peer.ts';
import type { Store } from '../ports/store.ts';
import type { Deliver } from '../routing/deliver.ts';
import type { Session } from '../session/session.ts';
import type { Subscription } from '../session/subscription.ts';
import type { Turn } from '../time/turn.ts';
import type { TopicKey } from '../topics/topic-key.ts';
import { addReplay, goOnReplaying, Replay, type ReplaySource } from './replay.ts';
import { ReplayPace } from './replay-pace.ts';
import { deletionOf, isExpired, type RetainedMessage, retainedMessage } from './retained-message.ts';
import { RetainedTree, type RetainedWalk } from './retained-tree.ts';
import type { RetainedVersions } from './retained-versions.ts';

/** Messages looked at by one `sweep`: a million are passed in about four minutes. */
const SWEEP_MESSAGES = 1000;

/** Topics that only the broker publishes to. */
const OWN_TOPICS = '$SYS/';

/** Where there is one shard, what comes later is later. */
const UNVERSIONED: RetainedVersion = { time: 0, shardId: 0 };

/** Limits; 0 = unlimited. */
export interface RetainedLimits {
  readonly maxRetainedMessages: number;
  readonly maxRetainedBytes: number;
}

/** Told of what this shard's clients retained: the other shards keep it too, and deliver it if it is live. */
export type RetainedAnnouncer = (
  publish: PublishFrame,
  version: RetainedVersion,
  publisherId: string,
  publisher: Principal | null,
  isLive: boolean,
) => void;

/** What retained messages are made from. */
export interface RetainedParts {
  readonly store: Store;
  readonly counters: Counters;
  readonly deliver: Deliver;
  readonly turn: Turn;
  readonly options: RetainedLimits;
  readonly receiveCheck?: ReceiveCheck;
  /** Null where there is one shard. */
  readonly versions?: RetainedVersions | null;
  readonly announce?: RetainedAnnouncer;
}

/** Retained messages, the same on every shard. @see MQTT 5.0, 3.3.1.3 RETAIN */
export class RetainedMessages implements ReplaySource {
  readonly #tree = new RetainedTree<RetainedMessage>();
  readonly #store: Store;
  readonly #counters: Counters;
  readonly #deliver: Deliver;
  readonly #limits: RetainedLimits;
  readonly #turn: Turn;
  readonly #receiveCheck: ReceiveCheck | null;
  readonly #versions: RetainedVersions | null;
  readonly #announce: RetainedAnnouncer | null;
  readonly #frame = new PublishFrame();
  readonly #pace: ReplayPace;
  #bytes = 0;
  #sweeper: IterableIterator<[TopicKey, RetainedMessage]> | null = null;

  constructor(parts: RetainedParts) {
    this.#receiveCheck = parts.receiveCheck ?? null;
    this.#store = parts.store;
    this.#counters = parts.counters;
    this.#deliver = parts.deliver;
    this.#turn = parts.turn;
    this.#pace = new ReplayPace(parts.turn);
    this.#limits = parts.options;
    this.#versions = parts.versions ?? null;
    this.#announce = parts.announce ?? null;
  }

  get size(): number {
    return this.#tree.size;
  }

  /** Bytes of the frames held. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Replaces or, with an empty payload, deletes the retained message; to be called for RETAIN 1 alone [MQTT-3.3.1-8].
   * Over a limit the message is not kept, and the one before it is no longer the last: it goes too.
   * @param publisherId  client identifier, '' for the broker's own
   * @returns true when the other shards were told, with it, to deliver it; false when that is left to do
   */
  store(publish: PublishFrame, topicKey: TopicKey, publisherId = '', publisher: Principal | null = null): boolean {
    if (publish.payloadStart === publish.end) {
      this.#clear(topicKey, publish); // [MQTT-3.3.1-6] [MQTT-3.3.1-7]
      return true;
    }
    const bytes = publish.end - publish.start;
    const former = this.#tree.get(topicKey);
    const { maxRetainedMessages, maxRetainedBytes } = this.#limits;
    // The broker's own are few, and no flood of retained messages may cost the operator the statistics.
    const isLimited = !topicKey.startsWith(OWN_TOPICS);
    const isOver =
      (isLimited && former === undefined && maxRetainedMessages > 0 && this.#tree.size >= maxRetainedMessages) ||
      (isLimited && maxRetainedBytes > 0 && this.#bytes + bytes - (former?.frame.length ?? 0) > maxRetainedBytes);
    if (isOver) {
      this.#counters.drop(DropReason.RetainedFull);
      this.#clear(topicKey, null);
      return false;
    }
    const version = this.#nextVersion();
    this.#keep(publish, topicKey, publisherId, publisher, version);
    this.#announce?.(publish, version, publisherId, publisher, true);
    return true;
  }

  /** Replaces or deletes what another shard replaced or deleted, unless what is here is later. */
  storeFromPeer(
    publish: PublishFrame,
    version: RetainedVersion,
    publisherId: string,
    publisher: Principal | null,
  ): void {
    const topicKey = publish.topicKey();
    const versions = this.#versions as RetainedVersions;
    if (!versions.isLater(topicKey, version, this.#tree.get(topicKey))) return;
    if (publish.payloadStart < publish.end) {
      this.#keep(publish, topicKey, publisherId, publisher, version);
      return;
    }
    this.delete(topicKey);
    versions.deleted(topicKey, version, this.#turn.nowMs);
  }

  /** Deletes the message here and on every other shard. @returns false when there was none */
  clear(topicKey: TopicKey): boolean {
    return this.#clear(topicKey, null);
  }

  /** @param publish  what deletes it, to be delivered; null: nobody published that */
  #clear(topicKey: TopicKey, publish: PublishFrame | null): boolean {
    const wasThere = this.delete(topicKey);
    if (this.#versions === null) return wasThere;
    const version = this.#nextVersion();
    this.#versions.deleted(topicKey, version, this.#turn.nowMs);
    this.#announce?.(publish ?? deletionOf(topicKey), version, '', null, publish !== null);
    return wasThere;
  }

  /**
   * Tells a shard that is new what it has to know, deletions too: it may hear of what they deleted from elsewhere.
   * @param isTold  by the shard on which a message came in
   */
  announceTo(announce: RetainedAnnouncer, isTold: (shardId: number) => boolean): void {
    for (const [topicKey, version] of this.#versions?.deletions() ?? []) {
      if (isTold(version.shardId)) announce(deletionOf(topicKey), version, '', null, false);
    }
    const publish = this.#frame;
    for (const [
      ,
      { frame, bodyStart, isVersion5, deadlineMs, time, shardId, publisherId, publisher },
    ] of this.#tree.entries()) {
      if (!isTold(shardId)) continue;
      publish.parse(frame, 0, bodyStart, frame.length, isVersion5);
      publish.deadlineMs = deadlineMs;
      announce(publish, { time, shardId }, publisherId, publisher, false);
    }
  }

  #nextVersion(): RetainedVersion {
    const versions = this.#versions;
    return versions === null ? UNVERSIONED : { time: versions.next(), shardId: versions.shardId };
  }

  #keep(
    publish: PublishFrame,
    topicKey: TopicKey,
    publisherId: string,
    publisher: Principal | null,
    version: RetainedVersion,
  ): void {
    const former = this.#tree.get(topicKey);
    const retained = retainedMessage(publish, version, publisherId, publisher);
    this.#bytes += retained.frame.length - (former?.frame.length ?? 0);
    this.#tree.set(topicKey, retained); // [MQTT-3.3.1-5]
    this.#versions?.kept(topicKey);
    this.#store.retainedSaved(topicKey, retained.frame);
  }

  /** Deletes the message on this shard alone: it has expired. @returns false when there was none */
  delete(topicKey: TopicKey): boolean {
    const former = this.#tree.delete(topicKey);
    if (former === undefined) return false;
    this.#bytes -= former.frame.length;
    this.#store.retainedRemoved(topicKey);
    return true;
  }

  get(topicKey: TopicKey): RetainedMessage | undefined {
    return this.#tree.get(topicKey);
  }

  /** What matches the filter, expired ones that were not swept yet included; may be held over turns. */
  walk(filterKey: TopicKey, hasWildcard: boolean): RetainedWalk<RetainedMessage> {
    return this.#tree.walk(filterKey, hasWildcard);
  }

  /**
   * Sends what matches to a new subscription, as fast as its client takes it [MQTT-3.3.1-9].
   * @param connection  null: the client is offline and gets them when it is back
   */
  replay(connection: Connection | null, subscription: Subscription): void {
    const { session } = subscription;
    const isNext = session.replays === null;
    addReplay(session, new Replay(this, subscription));
    if (connection !== null && isNext) goOnReplaying(session);
  }

  mayLook(session: Session): boolean {
    return this.#pace.mayLook(session);
  }

  /** Sends one retained message, with RETAIN 1 [v3.1.1 MQTT-3.3.1-8]. */
  send(subscription: Subscription, topicKey: TopicKey, retained: RetainedMessage): void {
    if (subscription.noLocal && retained.publisherId === subscription.session.clientId) return; // [MQTT-3.8.3-3]
    const check = this.#receiveCheck;
    if (
      check !== null &&
      !(check.admits(subscription.session, topicKey) && check.admitsPublisher(retained.publisher, topicKey))
    )
      return;
    const nowMs = this.#turn.nowMs;
    if (isExpired(retained, nowMs)) {
      this.delete(topicKey); // [MQTT-3.3.2-5]
      return;
    }
    const { frame, bodyStart, messageExpiryAt } = retained;
    const publish = this.#frame;
    publish.parse(frame, 0, bodyStart, frame.length, retained.isVersion5);
    publish.deadlineMs = retained.deadlineMs;
    publish.messageExpiryAt = messageExpiryAt;
    if (messageExpiryAt >= 0) frame.writeUInt32BE(Math.ceil((retained.deadlineMs - nowMs) / 1000), messageExpiryAt); // [MQTT-3.3.2-6]
    const qos = Math.min(publish.qos, subscription.qos); // [MQTT-3.8.4-8]
    this.#deliver.sendTo(subscription.session, publish, qos, true, subscription.subscriptionIds);
  }

  /** Goes on with long replays, and deletes expired messages: those that nobody asks for would stay for ever. */
  sweep(): void {
    this.#pace.goOn();
    this.#sweepExpired();
    this.#versions?.sweep(this.#turn.nowMs);
  }

  #sweepExpired(): void {
    this.#sweeper ??= this.#tree.entries();
    for (let i = 0; i < SWEEP_MESSAGES; i++) {
      const { done, value } = this.#sweeper.next();
      if (done === true) {
        this.#sweeper = null;
        return;
      }
      if (isExpired(value[1], this.#turn.nowMs)) this.delete(value[0]);
    }
  }
}
