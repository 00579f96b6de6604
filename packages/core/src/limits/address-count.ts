import { addressKeyOf } from './address-key.ts';

/** Network connections by address. An address without connections costs nothing. */
export class AddressCount {
  readonly #connections = new Map<string, number>();
  /** On other shards. */
  readonly #elsewhere = new Map<string, number>();
  readonly #tell: ((addressKey: string, connections: number) => void) | null;

  /** @param tell  hears how many connections an address has on this shard, at each change */
  constructor(tell: ((addressKey: string, connections: number) => void) | null = null) {
    this.#tell = tell;
  }

  /** Addresses with connections. */
  get size(): number {
    return this.#connections.size;
  }

  /** @returns whether one more connection from `remoteAddress` would be over `limit`; what has no address never is */
  isFull(remoteAddress: string, limit: number): boolean {
    if (limit === 0 || remoteAddress === '') return false;
    const key = addressKeyOf(remoteAddress);
    return (this.#connections.get(key) ?? 0) + (this.#elsewhere.get(key) ?? 0) >= limit;
  }

  entered(remoteAddress: string): void {
    const key = addressKeyOf(remoteAddress);
    const count = (this.#connections.get(key) ?? 0) + 1;
    this.#connections.set(key, count);
    this.#tell?.(key, count);
  }

  left(remoteAddress: string): void {
    const key = addressKeyOf(remoteAddress);
    const count = this.#connections.get(key) ?? 0;
    if (count > 1) this.#connections.set(key, count - 1);
    else this.#connections.delete(key);
    this.#tell?.(key, Math.max(0, count - 1));
  }

  /** Connections of an address on other shards have become more, or fewer. */
  changedElsewhere(addressKey: string, difference: number): void {
    const count = (this.#elsewhere.get(addressKey) ?? 0) + difference;
    if (count > 0) this.#elsewhere.set(addressKey, count);
    else this.#elsewhere.delete(addressKey);
  }

  /** Addresses with connections on this shard, and how many. */
  entries(): IterableIterator<[addressKey: string, connections: number]> {
    return this.#connections.entries();
  }
}
