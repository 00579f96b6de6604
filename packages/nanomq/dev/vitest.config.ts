import { defineConfig } from 'vitest/config';

/** One configuration for every package: tests resolve sister packages to their TypeScript sources. */
export default defineConfig({
  root: new URL('../../..', import.meta.url).pathname,
  resolve: { conditions: ['source', 'node', 'import', 'default'] },
  ssr: {
    resolve: {
      conditions: ['source', 'node', 'import', 'default'],
      externalConditions: ['source', 'node', 'import', 'default'],
    },
  },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'bench/test/**/*.test.ts'],
    exclude: ['**/test/slow/**', '**/test/e2e/**', '**/node_modules/**'],
    pool: 'threads',
    testTimeout: 20_000,
  },
});
