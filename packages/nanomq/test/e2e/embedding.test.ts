import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/lib/tsc.js');
const CONSUMER = fileURLToPath(new URL('consumer', import.meta.url));

/** A folder from which `nanomq-ts` is found, and nothing of it but what its `exports` show. */
async function outputFolder(): Promise<string> {
  const cache = join(ROOT, 'node_modules/.cache/nanomq');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'consumer-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

it('a program that embeds a broker compiles against the built package, runs, and ends by itself', async () => {
  const folder = await outputFolder();
  // Rejects with what the compiler printed.
  await run(process.execPath, [TSC, '-p', CONSUMER, '--outDir', folder]);
  const { stdout } = await run(process.execPath, [join(folder, 'consumer.mjs')]);
  expect(JSON.parse(stdout)).toEqual(['delivered', 'a/b', 'hi', [['k', 'v']], 'TOPIC_NAME_INVALID', 0x86]);
});
