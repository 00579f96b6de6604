import type { MessagePort } from 'node:worker_threads';
import type { Clock, Directory, Placement } from '@nanomq-ts/core';
import { CLAIM, type DirectoryAnswer, RELEASE } from './directory-message.ts';

/**
 * The directory as a shard of another thread sees it. What is asked in a turn goes over the port as one message, so a
 * storm of a thousand CONNECTs costs a few. The answers come in the order of the claims.
 */
export class DirectoryClient implements Directory {
  readonly #port: MessagePort;
  readonly #clock: Clock;
  #asked: string[] = [];
  /** Who waits for an answer, oldest first; what lies before `#answered` has it. */
  #waiting: ((placement: Placement) => void)[] = [];
  #answered = 0;

  /** @param port  its other end is given to `serveDirectory` */
  constructor(port: MessagePort, clock: Clock) {
    this.#port = port;
    this.#clock = clock;
    port.on('message', (answer: DirectoryAnswer) => this.#settle(answer));
  }

  claim(clientId: string): Promise<Placement> {
    this.#ask(CLAIM + clientId);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  release(clientId: string): void {
    this.#ask(RELEASE + clientId);
  }

  #ask(request: string): void {
    if (this.#asked.length === 0) this.#clock.afterTurn(() => this.#send());
    this.#asked.push(request);
  }

  #send(): void {
    const asked = this.#asked;
    this.#asked = [];
    this.#port.postMessage(asked);
  }

  #settle(answer: DirectoryAnswer): void {
    for (const placement of answer) (this.#waiting[this.#answered++] as (placement: Placement) => void)(placement);
    if (this.#answered < this.#waiting.length / 2) return;
    this.#waiting = this.#waiting.slice(this.#answered);
    this.#answered = 0;
  }
}
