import { performance } from 'node:perf_hooks';

/** Readers closer together than this see the same value: over so short a time it would say nothing. */
const MIN_SPAN_MS = 1000;

/** What the system says about the process. */
export interface ProcessClock {
  /** Processor time used since the start, in microseconds. */
  readonly cpuMicroseconds: () => number;
  /** Milliseconds that only grow. */
  readonly elapsedMs: () => number;
  /** Resident memory in bytes. */
  readonly residentBytes: () => number;
}

const SYSTEM: ProcessClock = {
  cpuMicroseconds: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  elapsedMs: () => performance.now(),
  residentBytes: () => process.memoryUsage.rss(),
};

/** Processor and memory of this process, for both `/metrics` and `/prometheus` of v4. */
export class ProcessUsage {
  readonly #clock: ProcessClock;
  #cpuMicroseconds: number;
  #elapsedMs: number;
  #cpuPercent = 0;

  constructor(clock: ProcessClock = SYSTEM) {
    this.#clock = clock;
    this.#cpuMicroseconds = clock.cpuMicroseconds();
    this.#elapsedMs = clock.elapsedMs();
  }

  /** Of one processor, since the question before; 100 = one processor all the time. */
  cpuPercent(): number {
    const elapsedMs = this.#clock.elapsedMs();
    const spanMs = elapsedMs - this.#elapsedMs;
    if (spanMs < MIN_SPAN_MS) return this.#cpuPercent;
    const cpuMicroseconds = this.#clock.cpuMicroseconds();
    this.#cpuPercent = (cpuMicroseconds - this.#cpuMicroseconds) / (spanMs * 10);
    this.#cpuMicroseconds = cpuMicroseconds;
    this.#elapsedMs = elapsedMs;
    return this.#cpuPercent;
  }

  residentBytes(): number {
    return this.#clock.residentBytes();
  }
}
