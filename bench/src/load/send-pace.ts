const TICK_MS = 1;

/** Messages that have to be sent by `elapsedMs` at this rate. */
export function dueMessages(messagesPerSecond: number, elapsedMs: number): number {
  return Math.floor((messagesPerSecond * elapsedMs) / 1000);
}

/**
 * How many of the messages due fall to one of the publishers, who take turns: the first one begins.
 * @returns messages since the start; over all publishers they add up to `due`
 */
export function shareOf(due: number, index: number, publishers: number): number {
  return Math.floor((due + publishers - 1 - index) / publishers);
}

/**
 * The pace of an open loop: some thousand times a second it tells publishers how far they must have come. A tick that
 * comes late makes up for it, so the rate holds whatever the timer does.
 */
export class SendPace {
  readonly #timer: NodeJS.Timeout;

  /** @param sendUpTo  told index of the publisher and messages it has to have sent since the start */
  constructor(messagesPerSecond: number, publishers: number, sendUpTo: (index: number, messages: number) => void) {
    const start = performance.now();
    let done = 0;
    this.#timer = setInterval(() => {
      const due = dueMessages(messagesPerSecond, performance.now() - start);
      // From where the last tick ended: the same publisher first in all of them would always have the oldest stamp.
      for (let turn = 0; turn < publishers; turn += 1) {
        const index = (done + turn) % publishers;
        sendUpTo(index, shareOf(due, index, publishers));
      }
      done = due;
    }, TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
