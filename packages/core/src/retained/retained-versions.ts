import type { RetainedVersion } from '../ports/peer.ts';
import type { TopicKey } from '../topics/topic-key.ts';

/**
 * How long a deletion is remembered, milliseconds: longer than a message can be on its way between shards, so that what
 * was set before the deletion and arrives after it does not come back.
 */
const TOMBSTONE_MS = 60_000;
/** Of more deletions within that time the oldest are forgotten. */
const MAX_TOMBSTONES = 100_000;

interface Tombstone extends RetainedVersion {
  readonly sinceMs: number;
}

/**
 * Orders the retained messages that several shards set for one topic, so that all of them end with the same: a Lamport
 * clock, and the deletions that may still have to win against something on its way.
 */
export class RetainedVersions {
  readonly shardId: number;
  #time = 0;
  /** Oldest first. */
  readonly #deleted = new Map<TopicKey, Tombstone>();

  constructor(shardId: number) {
    this.shardId = shardId;
  }

  /** Deletions remembered. */
  get deletedCount(): number {
    return this.#deleted.size;
  }

  /** A time later than every one this shard has seen. */
  next(): number {
    return ++this.#time;
  }

  /** Whether what came from another shard is later than what is here. @param held  the message that is here */
  isLater(topicKey: TopicKey, version: RetainedVersion, held: RetainedVersion | undefined): boolean {
    if (version.time > this.#time) this.#time = version.time;
    const former = held ?? this.#deleted.get(topicKey);
    if (former === undefined || version.time > former.time) return true;
    return version.time === former.time && version.shardId > former.shardId;
  }

  deleted(topicKey: TopicKey, { time, shardId }: RetainedVersion, nowMs: number): void {
    this.#deleted.delete(topicKey);
    this.#deleted.set(topicKey, { time, shardId, sinceMs: nowMs });
    if (this.#deleted.size <= MAX_TOMBSTONES) return;
    for (const oldest of this.#deleted.keys()) {
      this.#deleted.delete(oldest);
      return;
    }
  }

  /** The deletions remembered, oldest first. */
  deletions(): IterableIterator<[TopicKey, RetainedVersion]> {
    return this.#deleted.entries();
  }

  /** A message is there again. */
  kept(topicKey: TopicKey): void {
    if (this.#deleted.size > 0) this.#deleted.delete(topicKey);
  }

  /** Forgets old deletions. */
  sweep(nowMs: number): void {
    for (const [topicKey, { sinceMs }] of this.#deleted) {
      if (nowMs - sinceMs < TOMBSTONE_MS) return;
      this.#deleted.delete(topicKey);
    }
  }
}
