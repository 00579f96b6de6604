import { Worker, type WorkerOptions } from 'node:worker_threads';
import type { ThreadSeat } from '../host/thread-seat.ts';

/** A thread that a shard runs in. */
export interface ShardThread {
  /** Calls back once, when the thread has ended. `error`: what nobody caught in it; null when there was none. */
  onEnded(listener: (error: Error | null) => void): void;
  /** Ends it at once; settles when it has ended. */
  terminate(): Promise<void>;
}

/** Starts a thread that makes its shard from the seat. */
export type StartThread<Settings> = (seat: ThreadSeat<Settings>) => ShardThread;

/**
 * Starts worker threads.
 * @param entry    the file that runs in each of them; it finds the seat in `workerData`
 * @param options  of Node's Worker, limits of memory for example
 */
export function workerThreads<Settings>(entry: URL, options: WorkerOptions = {}): StartThread<Settings> {
  return (seat) => {
    const name = `shard-${seat.shardId}`;
    const transferList = [seat.orders, seat.directory];
    return new WorkerThread(new Worker(entry, { name, ...options, workerData: seat, transferList }));
  };
}

class WorkerThread implements ShardThread {
  readonly #worker: Worker;
  #error: Error | null = null;

  constructor(worker: Worker) {
    this.#worker = worker;
    // Only afterwards, and in any case, does `exit` follow.
    worker.on('error', (error: unknown) => {
      this.#error = error instanceof Error ? error : new Error(String(error));
    });
  }

  onEnded(listener: (error: Error | null) => void): void {
    this.#worker.on('exit', () => listener(this.#error));
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }
}
