import { defineConfig } from 'vitest/config';

import quick from './vitest.config.ts';

/** Suites that start brokers watch their latency, their spread over shards or what they hold: each runs alone. */
const WATCHING = 'packages/nanomq/test/slow/**/*.test.ts';

/** Each suite in a process of its own: one that watches its memory cannot share it with another. */
const suites = {
  ...quick.test,
  pool: 'forks',
  isolate: true,
  testTimeout: 1_800_000,
} as const;

/** Invariants under load (test/slow). A suite reads NANOMQ_SLOW_SHORT=1 as "the length that fits into CI". */
export default defineConfig({
  ...quick,
  test: {
    projects: [
      {
        ...quick,
        test: {
          ...suites,
          name: 'computing',
          include: ['packages/*/test/slow/**/*.test.ts', 'bench/test/slow/**/*.test.ts'],
          exclude: ['**/node_modules/**', WATCHING],
          // They compute in one thread, most of them in virtual time, and count what their own heap holds.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...quick,
        test: {
          ...suites,
          name: 'watching',
          include: [WATCHING],
          exclude: ['**/node_modules/**'],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
