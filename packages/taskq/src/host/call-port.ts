import type { MessagePort, TransferListItem } from 'node:worker_threads';
import type { Clock } from '@nanomq-ts/core';
import { errorOfPlain, type PlainError, plainErrorOf } from './plain-error.ts';

type Message =
  | { readonly type: 'ask'; readonly id: number; readonly question: unknown }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly error: PlainError }
  | { readonly type: 'tell'; readonly news: unknown };

/** What one end does with what comes from the other. */
export interface CallHandlers<Question, News> {
  /** What it gives, or the promise it gives settles with, is the answer; what it throws rejects at the other end. */
  asked(question: Question): unknown;
  told(news: News): void;
}

interface OpenCall {
  readonly settle: (value: unknown) => void;
  readonly fail: (error: Error) => void;
}

/**
 * One end of a port between two threads: questions, each with one answer, and news without. Both arrive in the order in
 * which they were sent; everything must be structured-cloneable.
 */
export class CallPort<AskedQuestion, ToldNews, Question = AskedQuestion, News = ToldNews> {
  readonly #port: MessagePort;
  readonly #clock: Clock;
  readonly #handlers: CallHandlers<AskedQuestion, ToldNews>;
  readonly #open = new Map<number, OpenCall>();
  #lastId = 0;
  #end: Error | null = null;

  constructor(port: MessagePort, clock: Clock, handlers: CallHandlers<AskedQuestion, ToldNews>) {
    this.#port = port;
    this.#clock = clock;
    this.#handlers = handlers;
    port.on('message', (message: Message) => this.#receive(message));
  }

  /**
   * @param timeoutMs  0 = as long as it takes
   * @param timeout    makes the error for an answer that is not there by then
   * @returns rejects with what was thrown at the other end, with `timeout`'s error, or with that of `close`
   */
  ask<Answer>(
    question: Question,
    { timeoutMs, timeout }: CallLimit = UNLIMITED,
    transfer: readonly TransferListItem[] = [],
  ): Promise<Answer> {
    if (this.#end !== null) return Promise.reject(this.#end);
    const id = ++this.#lastId;
    return new Promise<Answer>((resolve, reject) => {
      const stop = timeoutMs === 0 ? () => {} : this.#clock.every(timeoutMs, () => this.#fail(id, timeout()));
      this.#open.set(id, {
        settle: (value) => {
          stop();
          resolve(value as Answer);
        },
        fail: (error) => {
          stop();
          reject(error);
        },
      });
      this.#send({ type: 'ask', id, question }, transfer);
    });
  }

  tell(news: News): void {
    if (this.#end === null) this.#send({ type: 'tell', news });
  }

  /** Ends it: nothing is heard of what still comes, and open questions reject with `error`. */
  close(error: Error): void {
    if (this.#end !== null) return;
    this.#end = error;
    this.#port.close();
    for (const id of [...this.#open.keys()]) this.#fail(id, error);
  }

  #receive(message: Message): void {
    if (this.#end !== null) return;
    switch (message.type) {
      case 'ask':
        void this.#answer(message.id, message.question as AskedQuestion);
        return;
      case 'answer':
        this.#take(message.id)?.settle(message.value);
        return;
      case 'failed':
        this.#fail(message.id, errorOfPlain(message.error));
        return;
      case 'tell':
        this.#handlers.told(message.news as ToldNews);
        return;
      default:
        message satisfies never;
    }
  }

  async #answer(id: number, question: AskedQuestion): Promise<void> {
    let answer: Message;
    try {
      answer = { type: 'answer', id, value: await this.#handlers.asked(question) };
    } catch (error) {
      answer = { type: 'failed', id, error: plainErrorOf(error) };
    }
    if (this.#end === null) this.#send(answer);
  }

  #fail(id: number, error: Error): void {
    this.#take(id)?.fail(error);
  }

  /** Undefined for an answer that comes too late. */
  #take(id: number): OpenCall | undefined {
    const call = this.#open.get(id);
    this.#open.delete(id);
    return call;
  }

  #send(message: Message, transfer: readonly TransferListItem[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}

/** How long an answer may take. */
export interface CallLimit {
  readonly timeoutMs: number;
  readonly timeout: () => Error;
}

const UNLIMITED: CallLimit = { timeoutMs: 0, timeout: () => new Error('no limit') };
