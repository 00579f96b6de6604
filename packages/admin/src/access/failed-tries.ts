import { isIPv6 } from 'node:net';

/** Wrong tries an address has free. */
const FREE_TRIES = 5;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 3000;
/** After this time without a wrong try an address is forgotten. */
const FORGET_AFTER_MS = 60_000;
/** Addresses remembered; the one longest without a wrong try goes first. */
const MAX_ADDRESSES = 1024;
/** Answers to one address that may be held back at once; further tries are refused unread until one is out. */
const MAX_HELD_PER_ADDRESS = 4;

interface Record {
  failures: number;
  lastFailureMs: number;
  held: number;
}

/**
 * Slows the guessing of credentials down, per remote address: the answer to a wrong try is held back ever longer, and
 * only few may be held at once. Right credentials are never delayed, so that one misconfigured script behind a shared
 * address does not lock the others out. While as many answers are held as may be, nothing from the address is looked at:
 * who let right ones pass then would tell them from wrong ones at any speed.
 */
export class FailedTries {
  readonly #records = new Map<string, Record>();
  readonly #nowMs: () => number;
  readonly #sleep: (ms: number) => Promise<void>;

  /** @param nowMs  milliseconds since 1970 */
  constructor(nowMs: () => number, sleep: (ms: number) => Promise<void>) {
    this.#nowMs = nowMs;
    this.#sleep = sleep;
  }

  /** Whether a try from `address` is not even looked at. */
  isRefused(address: string): boolean {
    return (this.#records.get(networkOf(address))?.held ?? 0) >= MAX_HELD_PER_ADDRESS;
  }

  /** Notes a wrong try. @returns how often it happened of late; settles when it may be answered */
  async failed(address: string): Promise<number> {
    const record = this.#noteFailure(networkOf(address));
    const delayMs = delayAfter(record.failures);
    if (delayMs === 0) return record.failures;
    record.held += 1;
    // Held also for a caller who left: leaving must not be a way to try faster.
    await this.#sleep(delayMs).finally(() => {
      record.held -= 1;
    });
    return record.failures;
  }

  #noteFailure(network: string): Record {
    const now = this.#nowMs();
    const known = this.#records.get(network);
    const isRecent = known !== undefined && now - known.lastFailureMs < FORGET_AFTER_MS;
    const record = known ?? { failures: 0, lastFailureMs: now, held: 0 };
    record.failures = isRecent ? record.failures + 1 : 1;
    record.lastFailureMs = now;
    // Set anew, it becomes the last in the order of the map.
    this.#records.delete(network);
    this.#records.set(network, record);
    for (const oldest of this.#records.keys()) {
      if (this.#records.size <= MAX_ADDRESSES) break;
      this.#records.delete(oldest);
    }
    return record;
  }
}

/** Milliseconds an answer is held back. */
function delayAfter(failures: number): number {
  if (failures <= FREE_TRIES) return 0;
  return Math.min(FIRST_DELAY_MS * 2 ** (failures - FREE_TRIES - 1), LONGEST_DELAY_MS);
}

/** An IPv6 caller has a whole /64 to itself, so that is what is counted. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : new Array<string>(Math.max(0, 8 - groups.length - after.length)).fill('0');
  return [...groups, ...zeros, ...after].slice(0, 4).join(':');
}
