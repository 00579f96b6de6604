import type { Clock } from '@nanomq-ts/core';

/** Wall clock that never steps back: the start of the process plus the monotonic clock. */
export class SystemClock implements Clock {
  nowMs(): number {
    return performance.timeOrigin + performance.now();
  }

  afterTurn(callback: () => void): void {
    setImmediate(callback);
  }

  every(intervalMs: number, callback: () => void): () => void {
    const timer = setInterval(callback, intervalMs);
    timer.unref();
    return () => clearInterval(timer);
  }
}
