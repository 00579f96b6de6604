import type { Counters } from '../observe/counters.ts';
import type { Logger } from '../ports/logger.ts';
import { type LimitOptions, limitOf } from './limit-options.ts';

type Fields = Readonly<Record<string, unknown>>;
type Level = 'info' | 'warn' | 'error';

/** Subjects remembered at once; of more, the one that was logged first is forgotten. */
const MAX_SUBJECTS = 10_000;
/** Lines of all subjects together in one interval: addresses are cheap to come by. */
const MAX_LINES = 200;

/**
 * Logs what clients bring about, so that no client can fill the log: one line for each subject (a client identifier,
 * an address) and interval, and `MAX_LINES` for all. The next line says how many were left out, all of them together.
 */
export class ClientLog {
  readonly #logger: Logger;
  readonly #counters: Counters;
  readonly #options: Partial<LimitOptions>;
  readonly #clock: { readonly nowMs: number };
  /** Subject -> when its last line was logged; oldest first. */
  readonly #lastMs = new Map<string, number>();
  #intervalFromMs = 0;
  #lines = 0;
  #leftOut = 0;

  /** @param clock  the turn, read for each line */
  constructor(logger: Logger, counters: Counters, options: Partial<LimitOptions>, clock: { readonly nowMs: number }) {
    this.#logger = logger;
    this.#counters = counters;
    this.#options = options;
    this.#clock = clock;
  }

  /** Subjects remembered. */
  get size(): number {
    return this.#lastMs.size;
  }

  info(subject: string, fields: Fields, text: string): void {
    this.#log('info', subject, fields, text);
  }

  warn(subject: string, fields: Fields, text: string): void {
    this.#log('warn', subject, fields, text);
  }

  error(subject: string, fields: Fields, text: string): void {
    this.#log('error', subject, fields, text);
  }

  #log(level: Level, subject: string, fields: Fields, text: string): void {
    if (!this.#mayLog(`${level} ${subject}`)) {
      this.#counters.logLinesSuppressed++;
      this.#leftOut++;
      return;
    }
    const linesLeftOut = this.#leftOut;
    this.#leftOut = 0;
    this.#logger[level](linesLeftOut === 0 ? fields : { ...fields, linesLeftOut }, text);
  }

  #mayLog(subject: string): boolean {
    const intervalMs = limitOf(this.#options, 'denialLogIntervalMs');
    if (intervalMs === 0) return true;
    const { nowMs } = this.#clock;
    if (nowMs - this.#intervalFromMs >= intervalMs) {
      this.#intervalFromMs = nowMs;
      this.#lines = 0;
    }
    const lastMs = this.#lastMs.get(subject);
    if (lastMs !== undefined && nowMs - lastMs < intervalMs) return false;
    if (this.#lines >= MAX_LINES) return false;
    this.#lines++;
    this.#lastMs.delete(subject);
    if (this.#lastMs.size >= MAX_SUBJECTS) this.#forgetOldest();
    this.#lastMs.set(subject, nowMs);
    return true;
  }

  #forgetOldest(): void {
    for (const subject of this.#lastMs.keys()) {
      this.#lastMs.delete(subject);
      return;
    }
  }
}
