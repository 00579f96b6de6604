import { defineConfig } from 'vitest/config';

/** Real clients against a started broker, from the built output. Run after `npm run build`. */
export default defineConfig({
  root: new URL('../../..', import.meta.url).pathname,
  test: {
    include: ['packages/nanomq/test/e2e/**/*.test.ts'],
    // Each file starts its own broker and its own clients; two files at a time suit a two-core machine.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
