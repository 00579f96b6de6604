/** Answers by topic key; forgets all of them when there are too many, which costs one look-up each. */
export class BoundedCache<T> {
  readonly #limit: number;
  readonly #answers = new Map<string, T>();
  readonly #make: (topicKey: string) => T;

  constructor(limit: number, make: (topicKey: string) => T) {
    this.#limit = limit;
    this.#make = make;
  }

  get(topicKey: string): T {
    const known = this.#answers.get(topicKey);
    if (known !== undefined) return known;
    if (this.#answers.size >= this.#limit) this.#answers.clear();
    const made = this.#make(topicKey);
    this.#answers.set(topicKey, made);
    return made;
  }
}
