import fc from 'fast-check';
import { describe, it } from 'vitest';
import { expectPromisesKept } from '../model/expect-promises-kept.ts';
import { scriptArbitrary } from '../model/script.ts';

const IS_SHORT = process.env.NANOMQ_SLOW_SHORT === '1';
const RUNS = IS_SHORT ? 1000 : 30_000;
const MAX_STEPS = 300;

describe('long random scripts of MQTT 3.1, 3.1.1 and 5.0 clients', () => {
  it(`lose no QoS 1, lose and double no QoS 2, keep order, ${RUNS} of them [MQTT-4.5.0-1] [MQTT-4.6.0-6]`, async () => {
    await fc.assert(fc.asyncProperty(scriptArbitrary(MAX_STEPS), expectPromisesKept), { numRuns: RUNS });
  });
});
