import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Work before the event loop gets a turn, in milliseconds. */
const TURN_MS = 0.5;

/** Carries out what may be many orders, one after the other, without holding the event loop. @throws what `run` throws */
export async function inTurns<T>(orders: Iterable<T>, run: (order: T) => Promise<void>): Promise<void> {
  let turnEndsAt = performance.now() + TURN_MS;
  for (const order of orders) {
    await run(order);
    if (performance.now() < turnEndsAt) continue;
    await nextTurn();
    turnEndsAt = performance.now() + TURN_MS;
  }
}
