import type { Logger } from '@nanomq-ts/core';
import { REFUSAL_REASONS, type Refusal, type RefusalCounts, type RefusalReason, refusalText } from './refusal.ts';

/** Addresses remembered at once: with more of them the oldest is forgotten, and may be logged again. */
const MAX_ADDRESSES = 1024;

/** Lines per interval over all addresses: who has many addresses does not fill the disk with them. */
const MAX_LINES_PER_INTERVAL = 100;

const DEFAULT_INTERVAL_MS = 60_000;

/** What is known of an address that was refused. */
interface Culprit {
  loggedAtMs: number;
  /** Refusals since then that were not logged. */
  unlogged: number;
}

/** Who hears of refusals, and how often. */
export interface RefusalLogOptions {
  readonly name: string;
  readonly logger: Logger | undefined;
  /** One line per address within so many milliseconds. Default 60,000. */
  readonly intervalMs: number | undefined;
  readonly nowMs: () => number;
}

/** Counts every refusal of a listener by reason, and logs at most one per address and interval. */
export class RefusalLog {
  readonly counts: RefusalCounts;
  readonly #counts: Record<RefusalReason, number>;
  readonly #options: RefusalLogOptions;
  readonly #intervalMs: number;
  readonly #culprits = new Map<string, Culprit>();
  #intervalBeganMs = 0;
  #lines = 0;

  constructor(options: RefusalLogOptions) {
    this.#options = options;
    this.#intervalMs = options.intervalMs ?? DEFAULT_INTERVAL_MS;
    this.#counts = Object.fromEntries(REFUSAL_REASONS.map((reason) => [reason, 0])) as Record<RefusalReason, number>;
    this.counts = this.#counts;
  }

  /** A connection is refused that is not worth a line, as of who connects to see whether the port is open. */
  count({ reason }: Refusal): void {
    this.#counts[reason]++;
  }

  /** A connection from there is refused. */
  record({ reason, code }: Refusal, remoteAddress: string, remotePort: number): void {
    this.#counts[reason]++;
    const unlogged = this.#unloggedUntilNow(remoteAddress);
    if (unlogged < 0) return;
    const fields = {
      listener: this.#options.name,
      remoteAddress,
      remotePort,
      reason,
      ...(code !== '' && { code }),
      ...(unlogged > 0 && { unlogged }),
    };
    this.#options.logger?.warn(fields, refusalText(reason));
  }

  /** @returns how many refusals of that address were not logged since its last line; -1 = this one is not either */
  #unloggedUntilNow(remoteAddress: string): number {
    const nowMs = this.#options.nowMs();
    if (nowMs - this.#intervalBeganMs >= this.#intervalMs) {
      this.#intervalBeganMs = nowMs;
      this.#lines = 0;
    }
    const culprit = this.#culprits.get(remoteAddress) ?? this.#remember(remoteAddress);
    if (nowMs - culprit.loggedAtMs < this.#intervalMs || this.#lines >= MAX_LINES_PER_INTERVAL) {
      culprit.unlogged++;
      return -1;
    }
    this.#lines++;
    const { unlogged } = culprit;
    culprit.loggedAtMs = nowMs;
    culprit.unlogged = 0;
    return unlogged;
  }

  #remember(remoteAddress: string): Culprit {
    const culprit = { loggedAtMs: Number.NEGATIVE_INFINITY, unlogged: 0 };
    if (this.#culprits.size >= MAX_ADDRESSES) {
      for (const oldest of this.#culprits.keys()) {
        this.#culprits.delete(oldest);
        break;
      }
    }
    this.#culprits.set(remoteAddress, culprit);
    return culprit;
  }
}
