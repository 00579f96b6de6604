import type { Directory } from '@nanomq-ts/core';

/** The session directory of shards in one thread. Answers in a microtask, as a port to another thread would not before. */
export class TestDirectory {
  readonly #holders = new Map<string, number>();

  /** Client identifiers that some shard holds. */
  get size(): number {
    return this.#holders.size;
  }

  /** The directory as one shard asks it. */
  of(shardId: number): Directory {
    const holders = this.#holders;
    return {
      claim: (clientId) => {
        const holder = holders.get(clientId) ?? shardId;
        holders.set(clientId, holder);
        return Promise.resolve(holder);
      },
      release: (clientId) => {
        if (holders.get(clientId) === shardId) holders.delete(clientId);
      },
    };
  }
}
