import type { Directory, Placement } from '@nanomq-ts/core';
import type { SessionDirectory } from './session-directory.ts';

/** The directory as a shard of the same thread sees it. */
export class DirectDirectory implements Directory {
  readonly #sessions: SessionDirectory;
  readonly #shardId: Placement;

  constructor(sessions: SessionDirectory, shardId: Placement) {
    this.#sessions = sessions;
    this.#shardId = shardId;
  }

  async claim(clientId: string): Promise<Placement> {
    return this.#sessions.claim(clientId, this.#shardId);
  }

  release(clientId: string): void {
    this.#sessions.release(clientId, this.#shardId);
  }
}
