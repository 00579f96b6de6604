import type { PublishFrame } from '@nanomq-ts/codec';
import type { TopicKey } from '../topics/topic-key.ts';
import type { Ban, BanTarget } from './ban-list.ts';
import type { PeerCertificate } from './transport.ts';

/** A member of a shared subscription, as its shard tells the others. */
export interface PeerMember {
  /** As the client wrote it, with `$share/name/`. */
  readonly topicFilter: string;
  readonly filterKey: TopicKey;
  readonly hasWildcard: boolean;
  readonly clientId: string;
  readonly isOnline: boolean;
}

/** Which of two retained messages for one topic is the later: the higher time, then the higher shard. */
export interface RetainedVersion {
  /** A logical clock: higher than every version its shard had seen. */
  readonly time: number;
  readonly shardId: number;
}

/** Where a relayed connection comes from, as its transport says it. */
export interface RelayOrigin {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly listener: string;
  readonly peerCertificate: PeerCertificate | null;
}

/**
 * What a shard tells another one, thread or machine alike. Everything arrives once and in order; what is told in a turn
 * goes on its way with `commit`. Bytes are borrowed for the call. The other end hands each call to its `PeerInput`,
 * which has a method of the same name. Contract suite: `testkit/src/contracts/peer.ts`.
 */
export interface Peer {
  /** The other shard's number, unique for the life of the broker. */
  readonly id: number;
  /** True while what was told fills the way: it is kept, but whoever publishes has to pause until `PeerInput.drained`. */
  readonly isFull: boolean;

  /** The first local subscription to a filter came, or the last one went. Shared subscriptions do not count. */
  interestAdded(filterKey: TopicKey, hasWildcard: boolean): void;
  interestRemoved(filterKey: TopicKey, hasWildcard: boolean): void;
  memberJoined(member: PeerMember): void;
  memberChanged(topicFilter: string, clientId: string, isOnline: boolean): void;
  memberLeft(topicFilter: string, clientId: string): void;
  /** Everything a newcomer has to know was told. */
  introduced(): void;

  /** So many whole frames side by side in `buf[start, end)`: first byte 0x30, one topic, no topic alias. */
  frames(buf: Buffer, start: number, end: number, messages: number, isVersion5: boolean): void;
  /** One message with whatever QoS and flags. `deadlineMs` of the frame goes with it. */
  publish(frame: PublishFrame): void;
  /**
   * One message for this member of a shared subscription, or another one if it has left.
   * @param qos   to deliver with at most
   * @param hops  shards it has come through
   */
  publishTo(topicFilter: string, clientId: string, frame: PublishFrame, qos: number, hops: number): void;
  /**
   * A retained message to keep; an empty payload deletes.
   * @param isLive  it was published just now: whoever subscribes to it over there gets it, and no `publish` follows
   */
  retain(
    frame: PublishFrame,
    version: RetainedVersion,
    publisherId: string,
    publisher: RetainedPublisher | null,
    isLive: boolean,
  ): void;

  /** Connections online on this shard, and from one address (its key), changed. */
  onlineChanged(connections: number): void;
  addressChanged(addressKey: string, connections: number): void;
  /** A client's connection ended on this shard: for those who come and go too often. */
  clientLeft(clientId: string): void;
  banned(ban: Ban): void;
  unbanned(by: BanTarget, value: string): void;

  /** A connection accepted here belongs to a session over there: its bytes follow. Numbers are this shard's. */
  relayOpened(relayId: number, origin: RelayOrigin): void;
  relayReceived(relayId: number, bytes: Buffer, start: number, end: number): void;
  relayClosed(relayId: number): void;
  /** Of all bytes written to the relayed connection, this many have been taken by the network. */
  relayTaken(relayId: number, bytes: number): void;
  /** The way back: bytes for the client of a connection that the other shard accepted. Numbers are the other shard's. */
  relayWrite(relayId: number, bytes: Buffer): void;
  relayPause(relayId: number, isPaused: boolean): void;
  /** @param isAtOnce  false: what was written goes out first */
  relayEnd(relayId: number, isAtOnce: boolean): void;

  /** Sends off what was told; to be called at the end of a turn, before anything is written to a client. */
  commit(): void;
}

/**
 * What arrives from a peer: `Peer`'s methods on the other end, in the order in which they were called there. Bytes are
 * borrowed for the call: a frame is `buf[start, end)`, in the layout of MQTT 5.0 or not.
 */
export interface PeerEvents
  extends Omit<Peer, 'id' | 'isFull' | 'commit' | 'publish' | 'publishTo' | 'retain' | 'relayWrite'> {
  /** @param deadlineMs  milliseconds since 1970 at which it expires; 0 = never */
  publish(buf: Buffer, start: number, end: number, isVersion5: boolean, deadlineMs: number): void;
  publishTo(topicFilter: string, clientId: string, message: PeerMessage, qos: number, hops: number): void;
  retain(
    message: PeerMessage,
    version: RetainedVersion,
    publisherId: string,
    publisher: RetainedPublisher | null,
    isLive: boolean,
  ): void;
  relayWrite(relayId: number, bytes: Buffer, start: number, end: number): void;
  /** The peer takes more: it was full and is not any more. */
  drained(): void;
  /** The peer is gone for good; nothing of it comes any more. */
  gone(): void;
}

/** A PUBLISH frame in `buf[start, end)`. */
export interface PeerMessage {
  readonly buf: Buffer;
  readonly start: number;
  readonly end: number;
  readonly isVersion5: boolean;
  /** Milliseconds since 1970; 0 = never. */
  readonly deadlineMs: number;
}

/** What a retained message remembers of its publisher. */
export interface RetainedPublisher {
  readonly clientId: string;
  readonly username: string | undefined;
  readonly remoteAddress: string;
}
