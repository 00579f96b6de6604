import { setTimeout as sleep } from 'node:timers/promises';
import { deferred } from './deferred.ts';
import { connectFrame, subscribeFrame } from './load-frames.ts';
import type { IdleJob, IdleResult } from './load-job.ts';
import { LoadSocket, type LoadSocketOwner } from './load-socket.ts';
import { cpuSecondsOf, rssBytesOf } from './proc-stat.ts';
import { refusalIn } from './wire-facts.ts';

// Fewer than the listen backlog of any broker, or a dropped SYN would cost a second.
const BATCH = 50;
// The kernel looks for a free port of the address at each bind, and the search gets long: 10,000 connections from one
// address were opened at 2,000/s, from addresses with 1,000 each at 9,700/s (Mosquitto, Linux 6.18).
const CONNECTIONS_PER_ADDRESS = 1000;

const CONNECT_LIMIT_MS = 60_000;

/**
 * Opens connections with one subscription each, leaves them alone, and reads what they cost the broker.
 * @throws when the broker refuses or closes one
 */
export async function runIdle(job: IdleJob): Promise<IdleResult> {
  const rssBefore = rssBytesOf(job.brokerPid);
  const cpuBefore = cpuSecondsOf(job.brokerPid);
  const start = performance.now();
  const open: IdleConnection[] = [];
  const failure = deferred<never>();
  const tooLong = new Error('not all connections came up within 60 s');
  const limit = setTimeout(() => failure.reject(tooLong), CONNECT_LIMIT_MS);
  try {
    for (let from = 0; from < job.connections; from += BATCH) {
      const batch = indexesFrom(from, job.connections).map((index) => new IdleConnection(index, job, failure.reject));
      open.push(...batch);
      await Promise.race([Promise.all(batch.map((one) => one.subscribed)), failure.promise]);
    }
    const seconds = (performance.now() - start) / 1000;
    clearTimeout(limit);
    await Promise.race([sleep(job.settleSeconds * 1000), failure.promise]);
    const brokerRssBytes = rssBytesOf(job.brokerPid);
    return {
      kind: 'idle',
      connections: job.connections,
      connectsPerSecond: job.connections / seconds,
      brokerBytesPerConnection: (brokerRssBytes - rssBefore) / job.connections,
      brokerCpuMicrosPerConnection: ((cpuSecondsOf(job.brokerPid) - cpuBefore) * 1e6) / job.connections,
      brokerRssBytes,
    };
  } finally {
    clearTimeout(limit);
    for (const connection of open) connection.close();
  }
}

function indexesFrom(from: number, count: number): number[] {
  return Array.from({ length: Math.min(BATCH, count - from) }, (_, offset) => from + offset);
}

class IdleConnection implements LoadSocketOwner {
  readonly #subscribed = deferred<void>();
  readonly #socket: LoadSocket;
  readonly #index: number;
  readonly #job: IdleJob;
  readonly #fail: (error: Error) => void;

  constructor(index: number, job: IdleJob, fail: (error: Error) => void) {
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
