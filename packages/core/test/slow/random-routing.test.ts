import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { routingScriptArbitrary, runRoutingScript } from '../routing/routing-script.ts';

const RUNS = process.env.NANOMQ_SLOW_SHORT === '1' ? 1000 : 30_000;

describe('random subscriptions and publishes', () => {
  it.each(['round_robin', 'hash_clientid'] as const)(
    `give every client the same packets with the route cache on, small, and off, ${RUNS} times, shared by %s`,
    (sharedSubscriptionStrategy) => {
      fc.assert(
        fc.property(routingScriptArbitrary, (script) => {
          const run = (routeCacheEntries: number) =>
            runRoutingScript(script, { routeCacheEntries, sharedSubscriptionStrategy, maxInflightMessages: 3 });
          const on = run(1000);
          for (const entries of [0, 1, 2]) expect(run(entries)).toEqual(on);
        }),
        { numRuns: RUNS },
      );
    },
  );
});
