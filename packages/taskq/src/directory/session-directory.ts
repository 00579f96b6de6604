import type { Placement } from '@nanomq-ts/core';

/**
 * Where the session of each client identifier lives, for all shards of a process. It lives in the main thread, so a
 * claim is decided in one place; the shards reach it through a `Directory` each.
 */
export class SessionDirectory {
  readonly #holders = new Map<string, Placement>();

  /** Identifiers that are held. */
  get size(): number {
    return this.#holders.size;
  }

  /** The shard that holds the identifier; undefined when nobody does. */
  holderOf(clientId: string): Placement | undefined {
    return this.#holders.get(clientId);
  }

  /** @returns the shard that holds the identifier: `shardId` if nobody held it */
  claim(clientId: string, shardId: Placement): Placement {
    const holder = this.#holders.get(clientId);
    if (holder !== undefined) return holder;
    this.#holders.set(clientId, shardId);
    return shardId;
  }

  /** Obeyed from the holder only: it may be another one by now. */
  release(clientId: string, shardId: Placement): void {
    if (this.#holders.get(clientId) === shardId) this.#holders.delete(clientId);
  }

  /** The shard has ended with all its sessions. */
  gone(shardId: Placement): void {
    for (const [clientId, holder] of this.#holders) if (holder === shardId) this.#holders.delete(clientId);
  }
}
