/** Steps of lengthy work, each in a turn of the event loop that no other step of the queue has, in the order they came. */
export class TurnQueue {
  readonly #afterTurn: (callback: () => void) => void;
  readonly #beforeStep: () => void;
  readonly #waiting: (() => void)[] = [];

  /**
   * @param afterTurn   calls back once, in the next turn
   * @param beforeStep  finishes what must not wait for a step
   */
  constructor(afterTurn: (callback: () => void) => void, beforeStep: () => void = () => {}) {
    this.#afterTurn = afterTurn;
    this.#beforeStep = beforeStep;
  }

  /** Calls the step in a turn after this one. */
  push(step: () => void): void {
    this.#waiting.push(step);
    if (this.#waiting.length === 1) this.#afterTurn(this.#takeOne);
  }

  readonly #takeOne = (): void => {
    const step = this.#waiting.shift();
    if (this.#waiting.length > 0) this.#afterTurn(this.#takeOne);
    this.#beforeStep();
    step?.();
  };
}
