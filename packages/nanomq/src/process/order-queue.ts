/** Runs orders one after another, in the order in which they came. One that fails does not hold the next one up. */
export class OrderQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** @returns what `order` gives, once it and all before it are done */
  run<T>(order: () => Promise<T> | T): Promise<T> {
    const result = this.#last.then(order);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
