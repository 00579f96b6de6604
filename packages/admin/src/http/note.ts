/**
 * Something noted on a request or a reply, which is gone with it. A WeakMap would do the same, but scavenges take the
 * values of a WeakMap for alive: a value that leads to its reply moves all of it to the old generation.
 */
export class Note<Owner extends object, Value> {
  readonly #key = Symbol('note');

  set(owner: Owner, value: Value): void {
    (owner as Noted<Value>)[this.#key] = value;
  }

  /** @returns undefined when nothing was noted, or it was taken */
  get(owner: Owner): Value | undefined {
    return (owner as Noted<Value>)[this.#key];
  }

  /** Gives what was noted, once. */
  take(owner: Owner): Value | undefined {
    const value = this.get(owner);
    (owner as Noted<Value>)[this.#key] = undefined;
    return value;
  }
}

interface Noted<Value> {
  [key: symbol]: Value | undefined;
}
