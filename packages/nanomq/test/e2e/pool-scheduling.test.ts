import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { AdministeredBroker } from './administered-broker.ts';
import { SHARDS, startPool } from './pool-broker.ts';
import { batchShards, POLICY, schedulingOf } from './scheduled-threads.ts';

const run = promisify(execFile);

async function startedPool(rest = ''): Promise<AdministeredBroker> {
  const broker = await startPool(rest);
  onTestFinished(async () => void (await broker.stop()));
  return broker;
}

/** A folder for the PATH that has nothing but a `chrt` of this text, or nothing at all. */
async function pathWith(script: string | null): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'nanomq-path-'));
  if (script !== null) {
    await writeFile(join(folder, 'chrt'), script);
    await chmod(join(folder, 'chrt'), 0o755);
  }
  vi.stubEnv('PATH', folder);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });
}

// Only Linux has the policy, and the folder that shows it.
describe.runIf(process.platform === 'linux')('several shards', () => {
  it('run with SCHED_BATCH, the main thread as it was', async () => {
    const broker = await startedPool();
    await expect.poll(() => schedulingOf(broker)).toEqual(batchShards(SHARDS));
  });

  it('run as they were with system.batch_scheduling = false, from the next restart on', async () => {
    const broker = await startedPool();
    await expect.poll(() => schedulingOf(broker)).toEqual(batchShards(SHARDS));
    await broker.writeText(`${await broker.readText()}\nsystem.batch_scheduling = false\n`);
    expect((await broker.nanomq('reload')).stdout).toContain('needs a restart: system.batch_scheduling');
    expect(schedulingOf(broker)).toEqual(batchShards(SHARDS));
    expect((await broker.nanomq('restart')).code).toBe(0);
    // Started later than those, so they would have it by then.
    const later = await startedPool();
    await expect.poll(() => schedulingOf(later)).toEqual(batchShards(SHARDS));
    expect(schedulingOf(broker)).toEqual(batchShards(0));
  });

  it('keep a policy that somebody else has chosen', async () => {
    const broker = await startedPool();
    await expect.poll(() => schedulingOf(broker)).toEqual(batchShards(SHARDS));
    await run('chrt', ['-i', '-p', '0', String(broker.process.pid)]);
    expect((await broker.nanomq('restart')).code).toBe(0);
    const later = await startedPool();
    await expect.poll(() => schedulingOf(later)).toEqual(batchShards(SHARDS));
    const others = Array.from({ length: SHARDS }, () => POLICY.IDLE);
    expect(schedulingOf(broker)).toEqual({ main: POLICY.IDLE, others });
  });

  it.each([
    ['there is no chrt', null, 'there is no chrt on the PATH'],
    ['chrt may not set it', '#!/bin/sh\necho "chrt: not permitted" >&2\nexit 1\n', 'chrt: not permitted'],
    ['chrt ends without a word', '#!/bin/sh\nkill -9 $$\n', 'Command failed: chrt -b -p 0 '],
  ])('run as they were where %s, and one line says so', async (_, script, cause) => {
    await pathWith(script);
    const broker = await startedPool('log.level = info\n');
    await expect.poll(() => broker.printed()).toContain('normal scheduling policy');
    expect(schedulingOf(broker)).toEqual(batchShards(0));
    await broker.stop();
    const lines = broker
      .printed()
      .split('\n')
      .filter((line) => line.includes('scheduling policy'));
    expect(lines).toEqual([expect.stringContaining(`shards run with the normal scheduling policy: ${cause}`)]);
  });
});
