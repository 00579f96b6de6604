import type { TopicKey } from './topic-key.ts';

/** No alias to use: the PUBLISH goes out with its topic name and without a Topic Alias. */
export const NO_ALIAS = 0;

/**
 * Longer topic names get no alias: with names of 64 KB the aliases of one connection would take as many megabytes, and
 * one publisher could fill those of every subscriber.
 */
const LONGEST_NAME_BYTES = 1024;

/**
 * Topic aliases of one network connection, from broker to client. While there are free aliases, topics get them in
 * the order they come; after that a new topic takes over the alias of one that was not used lately. "Lately" is
 * the clock approximation of least recently used: an alias that was used since the hand last passed it is spared
 * once. A hit costs one Map get and one byte written.
 *
 * The mapping is made by asking, so whoever asks must send what the answer says, on this connection and in order.
 * @see MQTT 5.0, 3.3.2.3.4 Topic Alias, 3.1.2.11.5 Topic Alias Maximum
 */
export class TopicAliasesOut {
  readonly #maximum: number;
  readonly #aliases = new Map<TopicKey, number>();
  /** By alias - 1; both grow with use, since most clients see few topics whatever maximum they state. */
  readonly #topicNames: TopicKey[] = [];
  readonly #wasUsed: boolean[] = [];
  #hand = 0;

  /** @param maximum  the client's Topic Alias Maximum, 0 when it stated none [MQTT-3.1.2-26] [MQTT-3.1.2-27] */
  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /**
   * The alias to send for this topic.
   * @returns alias * 2 + 1 when the alias is new and the topic name must go along, alias * 2 when the alias alone
   *   will do, NO_ALIAS when the client takes none or the name is too long to be kept
   */
  aliasFor(topicName: TopicKey): number {
    if (this.#maximum === 0 || topicName.length > LONGEST_NAME_BYTES) return NO_ALIAS;
    const known = this.#aliases.get(topicName);
    if (known === undefined) return this.#assign(topicName) * 2 + 1;
    this.#wasUsed[known - 1] = true;
    return known * 2;
  }

  #assign(topicName: TopicKey): number {
    let index = this.#topicNames.length;
    if (index < this.#maximum) {
      this.#topicNames.push(topicName);
      this.#wasUsed.push(false);
    } else {
      index = this.#takeOver();
      this.#aliases.delete(this.#topicNames[index] as TopicKey);
      this.#topicNames[index] = topicName;
    }
    // Aliases start at 1 and end at the maximum. [MQTT-3.3.2-8] [MQTT-3.3.2-11]
    this.#aliases.set(topicName, index + 1);
    return index + 1;
  }

  /** Moves the hand to an alias that was not used since it last passed; ends within two rounds. */
  #takeOver(): number {
    while (this.#wasUsed[this.#hand] === true) {
      this.#wasUsed[this.#hand] = false;
      this.#step();
    }
    const index = this.#hand;
    this.#step();
    return index;
  }

  #step(): void {
    this.#hand = this.#hand + 1 === this.#maximum ? 0 : this.#hand + 1;
  }
}
