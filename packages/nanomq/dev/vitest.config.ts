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
    testTimeout: 20_000,
  },
});
