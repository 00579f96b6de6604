import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('./shared-socket-threads.mjs', import.meta.url));

// In a process of its own: descriptors that several threads close must not be those of the test.
it.each(['tcp', 'ws'])('threads take the connections of one descriptor by turns: %s', async (kind) => {
  const { stdout } = await run(process.execPath, [PROGRAM, kind], { timeout: 20_000 });
  expect(stdout).toBe('all came in, by both threads\n');
});
