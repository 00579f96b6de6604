import { expect } from 'vitest';
import { runScript } from './run-script.ts';
import type { Step } from './script.ts';

/** Both limits small, so that scripts reach the message queue and slow receivers. */
const TIGHT = { maxInflightMessages: 3, maxOutBufferBytes: 64 };

/** Runs a script with and without route cache, with wide and with tight limits. @throws Error when the shard breaks a promise */
export async function expectPromisesKept(script: readonly Step[]): Promise<void> {
  const cached = await runScript(script);
  const uncached = await runScript(script, { routeCacheEntries: 0 });
  expect(uncached).toEqual(cached);
  // Which QoS 0 a slow receiver loses depends on how messages were batched, so there is nothing to compare here.
  await runScript(script, TIGHT);
  await runScript(script, { ...TIGHT, routeCacheEntries: 1 });
}
