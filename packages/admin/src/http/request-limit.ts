import type { ServerResponse } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { failure } from './failure.ts';
import { Note } from './note.ts';
import { whenClosed } from './when-closed.ts';

/** Requests that may wait for their turn; the next one is told to come again. */
const MAX_WAITING = 512;

interface Waiter {
  readonly response: ServerResponse;
  readonly begin: () => void;
}

const slots = new Note<ServerResponse, () => void>();

/** Frees the place of a request before its answer is out; does nothing when that has happened. */
export function releaseSlot(response: ServerResponse): void {
  slots.take(response)?.();
}

/** `limit_conn`: so many requests are handled at once, more wait in order, and beyond that they get 503. */
export class RequestLimit {
  readonly #maxConcurrent: () => number;
  readonly #waiting = new Set<Waiter>();
  #active = 0;

  /** @param maxConcurrent  asked each time: it may change */
  constructor(maxConcurrent: () => number) {
    this.#maxConcurrent = maxConcurrent;
  }

  /** Requests handled now, and those that wait. */
  get load(): { readonly active: number; readonly waiting: number } {
    return { active: this.#active, waiting: this.#waiting.size };
  }

  /** Express middleware. */
  readonly admit = (_request: Request, response: Response, next: NextFunction): void => {
    if (this.#active < this.#maxConcurrent()) {
      this.#begin(response);
      next();
      return;
    }
    if (this.#waiting.size >= MAX_WAITING) {
      response.setHeader('Retry-After', '1');
      throw failure('BUSY', 'too many requests at once (http_server.limit_conn)');
    }
    const waiter: Waiter = {
      response,
      begin: () => {
        this.#begin(response);
        next();
      },
    };
    this.#waiting.add(waiter);
    whenClosed(response, () => this.#waiting.delete(waiter));
  };

  #begin(response: ServerResponse): void {
    this.#active += 1;
    slots.set(response, () => this.#ended());
    whenClosed(response, () => releaseSlot(response));
  }

  #ended(): void {
    this.#active -= 1;
    for (const waiter of this.#waiting) {
      if (this.#active >= this.#maxConcurrent()) return;
      this.#waiting.delete(waiter);
      waiter.begin();
    }
  }
}
