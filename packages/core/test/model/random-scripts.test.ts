import fc from 'fast-check';
import { describe, it } from 'vitest';
import { expectPromisesKept } from './expect-promises-kept.ts';
import { scriptArbitrary } from './script.ts';

const RUNS = 300;
const MAX_STEPS = 60;

describe('random scripts of MQTT 3.1, 3.1.1 and 5.0 clients, with and without route cache', () => {
  it('lose no QoS 1, lose and double no QoS 2, keep order [MQTT-4.5.0-1] [MQTT-4.6.0-6]', async () => {
    await fc.assert(fc.asyncProperty(scriptArbitrary(MAX_STEPS), expectPromisesKept), { numRuns: RUNS });
  });
});
