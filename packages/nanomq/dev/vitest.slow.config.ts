import { defineConfig } from 'vitest/config';

import quick from './vitest.config.ts';

/** Invariants under load (test/slow). A suite reads NANOMQ_SLOW_SHORT=1 as "the length that fits into CI". */
export default defineConfig({
  ...quick,
  test: {
    ...quick.test,
    include: ['packages/*/test/slow/**/*.test.ts', 'bench/test/slow/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    // One after the other: a suite that watches memory cannot share its process with another.
    pool: 'forks',
    isolate: true,
    maxWorkers: 1,
    testTimeout: 1_800_000,
  },
});
