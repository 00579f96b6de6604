import type { TopicKey } from '../topics/topic-key.ts';

/** Topic names remembered for one connection: most publishers have a few, and a sweep over many must stay bounded. */
const MAX_TOPICS = 256;

/** No answer is remembered. */
export const UNKNOWN = -1;

/** What one connection may publish, as the Access said: topic name to reason code. Bounded; when full the oldest goes. */
export class PublishGrants {
  readonly #reasonCodes = new Map<TopicKey, number>();
  #generation = 0;

  get size(): number {
    return this.#reasonCodes.size;
  }

  /** @param generation  of the Access; answers of another one are forgotten @returns a reason code or UNKNOWN */
  find(topicKey: TopicKey, generation: number): number {
    if (generation !== this.#generation) {
      this.#generation = generation;
      this.#reasonCodes.clear();
    }
    return this.#reasonCodes.get(topicKey) ?? UNKNOWN;
  }

  /** Remembers an answer; `find` was asked before, in the same generation. */
  remember(topicKey: TopicKey, reasonCode: number): void {
    if (this.#reasonCodes.size >= MAX_TOPICS) {
      for (const oldest of this.#reasonCodes.keys()) {
        this.#reasonCodes.delete(oldest);
        break;
      }
    }
    this.#reasonCodes.set(topicKey, reasonCode);
  }
}
