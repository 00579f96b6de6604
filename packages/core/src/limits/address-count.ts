import { addressKeyOf } from './address-key.ts';

/** Network connections by address. An address without connections costs nothing. */
export class AddressCount {
  readonly #connections = new Map<string, number>();

  /** Addresses with connections. */
  get size(): number {
    return this.#connections.size;
  }

  /** @returns whether one more connection from `remoteAddress` would be over `limit`; what has no address never is */
  isFull(remoteAddress: string, limit: number): boolean {
    if (limit === 0 || remoteAddress === '') return false;
    return (this.#connections.get(addressKeyOf(remoteAddress)) ?? 0) >= limit;
  }

  entered(remoteAddress: string): void {
    const key = addressKeyOf(remoteAddress);
    this.#connections.set(key, (this.#connections.get(key) ?? 0) + 1);
  }

  left(remoteAddress: string): void {
    const key = addressKeyOf(remoteAddress);
    const count = this.#connections.get(key) ?? 0;
    if (count > 1) this.#connections.set(key, count - 1);
    else this.#connections.delete(key);
  }
}
