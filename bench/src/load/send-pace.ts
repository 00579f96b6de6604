const TICK_MS = 1;
const TICKS_PER_ROUND = 4;

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
 * The pace of an open loop: about a thousand times a second it tells the next quarter of the publishers how far they
 * must have come. A tick that comes late makes up for it, so the rate holds whatever the timer does. Not all of them at
 * once: the generator reads nothing before the last one has written, which is part of every latency.
 */
export class SendPace {
  readonly #timer: NodeJS.Timeout;

  /** @param sendUpTo  told index of the publisher and messages it has to have sent since the start */
  constructor(messagesPerSecond: number, publishers: number, sendUpTo: (index: number, messages: number) => void) {
    const start = performance.now();
    const publishersPerTick = Math.ceil(publishers / TICKS_PER_ROUND);
    let next = 0;
    this.#timer = setInterval(() => {
      const due = dueMessages(messagesPerSecond, performance.now() - start);
      for (let turn = 0; turn < publishersPerTick; turn += 1) {
        sendUpTo(next, shareOf(due, next, publishers));
        next = (next + 1) % publishers;
      }
    }, TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
