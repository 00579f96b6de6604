import { createHmac, randomBytes } from 'node:crypto';

const DEFAULT_MAX_ENTRIES = 10_000;

/**
 * What was found good, by a keyed hash of all that was looked at: no secret is kept, and who reads the memory of the
 * cache cannot try passwords against it without the key. Bounded; an entry ends by its time.
 */
export class VerifiedCache {
  readonly #key = randomBytes(32);
  readonly #untilMs = new Map<string, number>();
  readonly #ttlMs: number;
  readonly #maxEntries: number;

  /** @param ttlMs  0 = nothing is kept */
  constructor(ttlMs: number, maxEntries: number = DEFAULT_MAX_ENTRIES) {
    this.#ttlMs = ttlMs;
    this.#maxEntries = maxEntries;
  }

  get size(): number {
    return this.#untilMs.size;
  }

  /** The hash of the parts; each counts for itself, so `a`, `bc` and `ab`, `c` differ. undefined is a part, too. */
  keyOf(parts: readonly (string | Buffer | undefined)[]): string {
    const hmac = createHmac('sha256', this.#key);
    for (const part of parts) {
      const bytes = typeof part === 'string' ? Buffer.from(part, 'utf8') : part;
      hmac.update(`${bytes === undefined ? -1 : bytes.length}:`);
      if (bytes !== undefined) hmac.update(bytes);
    }
    return hmac.digest('base64');
  }

  has(key: string, nowMs: number): boolean {
    const untilMs = this.#untilMs.get(key);
    if (untilMs === undefined) return false;
    if (untilMs > nowMs) return true;
    this.#untilMs.delete(key);
    return false;
  }

  add(key: string, nowMs: number): void {
    if (this.#ttlMs === 0) return;
    this.#untilMs.delete(key);
    if (this.#untilMs.size >= this.#maxEntries) {
      for (const oldest of this.#untilMs.keys()) {
        this.#untilMs.delete(oldest);
        break;
      }
    }
    this.#untilMs.set(key, nowMs + this.#ttlMs);
  }

  clear(): void {
    this.#untilMs.clear();
  }
}
