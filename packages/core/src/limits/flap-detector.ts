interface Flaps {
  sinceMs: number;
  count: number;
}

/** Client identifiers watched at once; of more, the one longest without a disconnection is forgotten. */
const MAX_WATCHED = 10_000;

/** Counts how often each client identifier comes and goes, in windows that begin with its first disconnection. */
export class FlapDetector {
  readonly #flaps = new Map<string, Flaps>();

  /** Client identifiers remembered. */
  get size(): number {
    return this.#flaps.size;
  }

  /** @returns true when this disconnection is the `limit`th within `windowMs`; counting begins anew then */
  disconnected(clientId: string, nowMs: number, limit: number, windowMs: number): boolean {
    let flaps = this.#flaps.get(clientId);
    this.#flaps.delete(clientId);
    if (flaps === undefined || nowMs - flaps.sinceMs >= windowMs) flaps = { sinceMs: nowMs, count: 0 };
    flaps.count++;
    if (flaps.count >= limit) return true;
    if (this.#flaps.size >= MAX_WATCHED) this.#forgetOldest();
    this.#flaps.set(clientId, flaps);
    return false;
  }

  #forgetOldest(): void {
    for (const clientId of this.#flaps.keys()) {
      this.#flaps.delete(clientId);
      return;
    }
  }
}
