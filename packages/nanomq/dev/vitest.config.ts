import { defineConfig } from 'vitest/config';

/**
 * One configuration for every package: tests resolve sister packages to their TypeScript sources. `import` must not
 * stand in the list: vitest hands the conditions to Node, where `require()` would then get ES modules (Express breaks).
 */
export default defineConfig({
  root: new URL('../../..', import.meta.url).pathname,
  resolve: { conditions: ['source', 'node', 'import', 'default'] },
  ssr: {
    resolve: {
      conditions: ['source', 'node', 'default'],
      externalConditions: ['source', 'node', 'default'],
    },
  },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'bench/test/**/*.test.ts'],
    exclude: ['**/test/slow/**', '**/test/e2e/**', '**/node_modules/**'],
    pool: 'threads',
    // One worker a core; vitest's own choice leaves one core to itself, which on two of them halves the speed.
    maxWorkers: '100%',
    // Files share the modules of their worker, whose loading costs as much as all tests. So no module of ours keeps
    // state that a test could meet again, and who replaces something of the process puts it back.
    isolate: false,
    restoreMocks: true,
    // Tests that compute take several times as long while the machine is busy; only one that hangs waits so long.
    testTimeout: 120_000,
  },
});
