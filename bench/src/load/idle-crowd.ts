import { deferred } from './deferred.ts';
import { connectFrame, subscribeFrame } from './load-frames.ts';
import type { IdleJob } from './load-job.ts';
import { LoadSocket, type LoadSocketOwner } from './load-socket.ts';
import { refusalIn } from './wire-facts.ts';

// Fewer than the listen backlog of any broker, or a dropped SYN would cost a second.
const BATCH = 50;
// The kernel looks for a free port of the address at each bind, and the search gets long: 10,000 connections from one
// address were opened at 2,000/s, from addresses with 1,000 each at 9,700/s (Mosquitto, Linux 6.18).
const CONNECTIONS_PER_ADDRESS = 1000;

const CONNECT_LIMIT_MS = 60_000;

/** How many connections, to what. */
export type CrowdJob = Pick<IdleJob, 'connections' | 'protocol' | 'port'>;

/** Connections with one subscription each that do nothing once they are up. */
export class IdleCrowd {
  readonly #job: CrowdJob;
  readonly #open: IdleConnection[] = [];
  readonly #failure = deferred<never>();

  constructor(job: CrowdJob) {
    this.#job = job;
  }

  /** Opens and subscribes all of them. @throws when the broker refuses or closes one, or after 60 s */
  async open(): Promise<void> {
    const tooLong = new Error('not all connections came up within 60 s');
    const limit = setTimeout(() => this.#failure.reject(tooLong), CONNECT_LIMIT_MS);
    try {
      for (let from = 0; from < this.#job.connections; from += BATCH) await this.#openBatch(from);
    } finally {
      clearTimeout(limit);
    }
  }

  /** Waits for `promise`, or throws as soon as a connection fails. */
  async orFailed<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#failure.promise]);
  }

  close(): void {
    for (const connection of this.#open) connection.close();
  }

  async #openBatch(from: number): Promise<void> {
    const count = Math.min(BATCH, this.#job.connections - from);
    const batch = Array.from(
      { length: count },
      (_, offset) => new IdleConnection(from + offset, this.#job, this.#failure.reject),
    );
    this.#open.push(...batch);
    await this.orFailed(Promise.all(batch.map((one) => one.subscribed)));
  }
}

class IdleConnection implements LoadSocketOwner {
  readonly #subscribed = deferred<void>();
  readonly #socket: LoadSocket;
  readonly #index: number;
  readonly #job: CrowdJob;
  readonly #fail: (error: Error) => void;

  constructor(index: number, job: CrowdJob, fail: (error: Error) => void) {
    this.#index = index;
    this.#job = job;
    this.#fail = fail;
    this.#socket = new LoadSocket({ port: job.port, localAddress: sourceAddress(index, job.port) }, this);
    this.#socket.write(connectFrame(`idle-${index}`, job.protocol));
  }

  get subscribed(): Promise<void> {
    return this.#subscribed.promise;
  }

  frame(firstByte: number, bytes: Uint8Array, bodyAt: number, end: number): void {
    const refusal = refusalIn(firstByte, bytes, bodyAt, end);
    if (refusal !== undefined) {
      this.failed(new Error(refusal));
      return;
    }
    if (firstByte >> 4 === 2) this.#socket.write(subscribeFrame(`d/${this.#index}/cmd`, 0, this.#job.protocol));
    if (firstByte >> 4 === 9) this.#subscribed.resolve();
  }

  chunkEnded(): void {}

  drained(): void {}

  failed(error: Error): void {
    this.#fail(new Error(`idle connection ${this.#index}: ${error.message}`, { cause: error }));
  }

  close(): void {
    this.#socket.close();
  }
}

/** Loopback address that differs with the port too, so that two runs after each other share no TIME_WAIT. */
function sourceAddress(index: number, port: number): string {
  return `127.${(port % 200) + 2}.${1 + Math.floor(index / CONNECTIONS_PER_ADDRESS)}.1`;
}
