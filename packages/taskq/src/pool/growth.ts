import type { Placement } from '@nanomq-ts/core';

/** Above this mean, from 0 to 1, the event loops have too much to do. */
export const BUSY_UTILIZATION = 0.8;

/** So long they must have it, in pulses of a second. */
export const BUSY_PULSES = 10;

/** Decides when a pool needs another shard: all of them together have been busy for a while. */
export class Growth {
  readonly #utilization = new Map<Placement, number>();
  #busyPulses = 0;

  /** A shard has told how busy it was since it told last, from 0 to 1. */
  told(shardId: Placement, utilization: number): void {
    this.#utilization.set(shardId, utilization);
  }

  /** The shard has ended. */
  gone(shardId: Placement): void {
    this.#utilization.delete(shardId);
  }

  /** To be asked once a second. @returns true when another shard is needed; then it is counted anew */
  isDue(): boolean {
    const values = [...this.#utilization.values()];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    this.#busyPulses = mean > BUSY_UTILIZATION ? this.#busyPulses + 1 : 0;
    if (this.#busyPulses < BUSY_PULSES) return false;
    this.#busyPulses = 0;
    return true;
  }
}
