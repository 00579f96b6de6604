import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { loadConfig } from '@nanomq-ts/config';
import { expect, it } from 'vitest';
import { startAdministered } from './administered-broker.ts';
import { endingOf } from './started-broker.ts';

const KILLS = 20;
/** Enough text that writing it takes a while. */
const COMMENT = `# ${'comment '.repeat(12)}\n`.repeat(2_000);

/** The queue limit in a file, which must be whole: its first and its last line are there, and it is valid. */
async function limitIn(file: string): Promise<number> {
  const text = await readFile(file, 'utf8');
  expect(text.startsWith('# of the operator\n')).toBe(true);
  expect(text).toMatch(/# last line\n/);
  return loadConfig({ file, env: {}, flags: {}, cwd: '/' }).config.mqtt.queueLimitMessages;
}

it(`req 12 with SIGKILL at ${KILLS} moments leaves the old or the new file whole`, { timeout: 120_000 }, async () => {
  const seen = { old: 0, new: 0 };
  for (let kill = 0; kill < KILLS; kill++) {
    const broker = await startAdministered(`mqtt.max_mqueue_len = 1\n${COMMENT}# last line\n`);
    const { file } = broker;
    try {
      // Warm, so that the moments below fall into the writing.
      await broker.v1({ req: 12, data: { msq_len: 2 } });
      const change = broker.v1({ req: 12, data: { msq_len: 3 } }).catch(() => undefined);
      await wait(kill * 2);
      broker.process.kill('SIGKILL');
      await endingOf(broker.process);
      await change;
      const limit = await limitIn(file);
      expect([2, 3]).toContain(limit);
      seen[limit === 2 ? 'old' : 'new'] += 1;
      expect(await limitIn(`${file}.bak`)).toBeLessThan(limit + 1);
    } finally {
      await broker.stop();
    }
  }
  expect(seen.old + seen.new).toBe(KILLS);
});
