import type { Qos } from '@nanomq-ts/codec';
import type { Peer } from '../ports/peer.ts';
import type { Session } from '../session/session.ts';
import { type TopicKey, textOfTopicKey } from '../topics/topic-key.ts';
import type { SharedGroup } from './shared-group.ts';

/** `$SYS` and below: only the broker publishes there. */
export function isSystemTopic(topicName: string): boolean {
  return topicName.startsWith('$SYS/') || topicName === '$SYS';
}

/** Whether a target takes a message depending on who published it (No Local). */
export const OriginRule = { Anyone: 0, OthersOnly: 1, SelfOnly: 2 } as const;

/** A rule of the table above. */
export type OriginRule = (typeof OriginRule)[keyof typeof OriginRule];

/**
 * A session that receives the topic: at most one copy for all its overlapping subscriptions, with the identifiers of
 * all of them. [MQTT-3.3.4-5]
 */
export interface Target {
  readonly session: Session;
  /** Highest of the matching subscriptions. [MQTT-3.3.4-2] [v3.1.1 MQTT-3.3.5-1] */
  readonly qos: Qos;
  /** Messages of a lower QoS are raised to this: highest of the matching subscriptions of the broker's own that raise. */
  readonly leastQos: Qos;
  readonly group: LayoutGroup;
}

/**
 * Targets whose frames have the same bytes apart from packet identifier and flags: a frame is encoded once for all
 * of them. The last fields are the working state of `deliver`.
 */
export class LayoutGroup {
  readonly isVersion5: boolean;
  readonly retainAsPublished: boolean;
  /** Encoded Subscription Identifier properties, or null. */
  readonly subscriptionIds: Buffer | null;
  readonly originRule: OriginRule;
  readonly targets: Target[] = [];
  /** QoS 0 frames of this turn that all targets share: `segment[0, segmentLength)`. */
  segment: Buffer | null = null;
  segmentLength = 0;
  segmentMessages = 0;
  /** The stored message of the publish with number `storedFor`. */
  stored = 0;
  storedFor = 0;

  constructor(isVersion5: boolean, retainAsPublished: boolean, subscriptionIds: Buffer | null, originRule: OriginRule) {
    this.isVersion5 = isVersion5;
    this.retainAsPublished = retainAsPublished;
    this.subscriptionIds = subscriptionIds;
    this.originRule = originRule;
  }
}

const NO_PEERS: readonly Peer[] = [];

/** The compiled answer for one topic: who gets it, and in which layout. */
export class Route {
  readonly topicKey: TopicKey;
  /** The topic name's bytes, to compare a frame with. */
  readonly topicBytes: Buffer;
  readonly groups: readonly LayoutGroup[];
  readonly targets: readonly Target[];
  readonly sharedGroups: readonly SharedGroup[];
  /** Other shards where somebody receives the topic. */
  readonly peers: readonly Peer[];
  /** Wildcard generation of the index when it was compiled. */
  readonly generation: number;
  /** `$SYS` and below: only the broker publishes there. */
  readonly isSystemTopic: boolean;
  /** Plain QoS 0 may be handed to all targets as runs of frames: none raises it or has it wait. */
  readonly takesRuns: boolean;
  /** False once an exact subscription to the topic came or went, or the cache dropped it. */
  isValid = true;

  constructor(
    topicKey: TopicKey,
    generation: number,
    groups: readonly LayoutGroup[],
    targets: readonly Target[],
    sharedGroups: readonly SharedGroup[],
    peers: readonly Peer[] = NO_PEERS,
  ) {
    this.topicKey = topicKey;
    // Not from Node's shared slab: a long-lived slice of it would keep eight kilobytes.
    this.topicBytes = Buffer.allocUnsafeSlow(topicKey.length);
    this.topicBytes.write(topicKey, 'latin1');
    this.isSystemTopic = isSystemTopic(topicKey);
    this.generation = generation;
    this.groups = groups;
    this.targets = targets;
    this.takesRuns = targets.every(({ leastQos, session }) => leastQos === 0 && !session.queuesQos0);
    this.sharedGroups = sharedGroups;
    this.peers = peers;
  }

  /** The topic name as text. Decodes; not for the message path. */
  get topicName(): string {
    return textOfTopicKey(this.topicKey);
  }

  /** Whether `buf[start, end)` is this route's topic name. */
  isFor(buf: Buffer, start: number, end: number): boolean {
    const bytes = this.topicBytes;
    const length = bytes.length;
    if (end - start !== length) return false;
    for (let i = 0; i < length; i++) if (bytes[i] !== buf[start + i]) return false;
    return true;
  }
}
