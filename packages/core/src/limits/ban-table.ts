import type { Ban, BanList, BanTarget } from '../ports/ban-list.ts';
import { addressKeyOf } from './address-key.ts';

/** Bans held at once. */
const DEFAULT_MAX_BANS = 10_000;

/**
 * Bans in memory, bounded: when it is full the oldest ban that would have ended anyway gives way. Listeners hear of each
 * change, so that the owner can write `list` down.
 */
export class BanTable implements BanList {
  readonly #bans = new Map<string, Ban>();
  readonly #listeners: (() => void)[] = [];
  readonly #maxBans: number;

  /** @param bans  those that were kept, ended ones too */
  constructor(bans: readonly Ban[] = [], maxBans: number = DEFAULT_MAX_BANS) {
    this.#maxBans = maxBans;
    for (const ban of bans.slice(0, maxBans)) this.#bans.set(banKeyOf(ban.by, ban.value), ban);
  }

  get size(): number {
    return this.#bans.size;
  }

  find(by: BanTarget, value: string, nowMs: number): Ban | null {
    if (this.#bans.size === 0) return null;
    const key = banKeyOf(by, value);
    const ban = this.#bans.get(key);
    if (ban === undefined) return null;
    if (ban.untilMs > nowMs) return ban;
    this.#bans.delete(key);
    return null;
  }

  add(ban: Ban, nowMs: number): boolean {
    const key = banKeyOf(ban.by, ban.value);
    this.#bans.delete(key);
    if (this.#bans.size >= this.#maxBans && !this.#makeRoom(nowMs)) return false;
    this.#bans.set(key, ban);
    this.#changed();
    return true;
  }

  /** @returns false when there was none */
  remove(by: BanTarget, value: string): boolean {
    const wasThere = this.#bans.delete(banKeyOf(by, value));
    if (wasThere) this.#changed();
    return wasThere;
  }

  /** The bans that hold at `nowMs`, oldest first. */
  list(nowMs: number): readonly Ban[] {
    return [...this.#bans.values()].filter(({ untilMs }) => untilMs > nowMs);
  }

  /** Calls `listener` after each change made by `add` or `remove`; a ban that ends by its time is none. */
  onChanged(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #makeRoom(nowMs: number): boolean {
    for (const [key, { untilMs }] of this.#bans) if (untilMs <= nowMs) this.#bans.delete(key);
    if (this.#bans.size < this.#maxBans) return true;
    for (const [key, { untilMs }] of this.#bans) {
      if (untilMs === Number.POSITIVE_INFINITY) continue;
      return this.#bans.delete(key);
    }
    return false;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Equal for bans of the same. */
export function banKeyOf(by: BanTarget, value: string): string {
  return `${by} ${by === 'address' ? addressKeyOf(value) : value}`;
}
