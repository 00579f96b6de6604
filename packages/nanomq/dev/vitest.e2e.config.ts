import { defineConfig } from 'vitest/config';

/** Real clients against a started broker, from the built output. Run after `npm run build`. */
export default defineConfig({
  root: new URL('../../..', import.meta.url).pathname,
  test: {
    include: ['packages/nanomq/test/e2e/**/*.test.ts'],
    // Each file starts its own brokers and clients, each on ports of its worker. Much of the time they wait for each
    // other, so three files at a time keep two cores busy.
    maxWorkers: 3,
    // What is under test are processes of their own; files share the modules of their worker as the quick tests do.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
