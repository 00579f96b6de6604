import { FakeClock } from '@nanomq-ts/testkit';

/** A fake clock whose intervals can come late, as when something holds the event loop. */
export class LateClock extends FakeClock {
  #lateMs = 0;

  override nowMs(): number {
    return super.nowMs() + this.#lateMs;
  }

  /** Time passes and nothing is called back. */
  stall(ms: number): void {
    this.#lateMs += ms;
  }
}
