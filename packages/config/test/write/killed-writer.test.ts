import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { REPLACE_STEPS, replaceFileAtomically } from '../../src/write/replace-file.ts';

/** The built file: the writers are processes of their own. */
const BUILT = new URL('../../dist/write/replace-file.js', import.meta.url).href;
const ROUNDS = 7;
const RANDOM_KILLS = 12;

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nanomq-kill-'));
  file = join(folder, 'n.conf');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Large enough for many pages; a torn one has another length or another last line. */
function version(n: number): string {
  return `# ${n}\n${`mqtt.max_mqueue_len = ${n}\n`.repeat(10_000)}# end of ${n}\n`;
}

function runWriter(body: string): ChildProcess {
  const script = `
    import { writeSync } from 'node:fs';
    import { replaceFileAtomically } from ${JSON.stringify(BUILT)};
    const version = ${version.toString()};
    const file = ${JSON.stringify(file)};
    ${body}`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function killedAt(step: string, n: number): Promise<void> {
  const writer = runWriter(`
    const onStep = (step) => { if (step === ${JSON.stringify(step)}) process.kill(process.pid, 'SIGKILL'); };
    await replaceFileAtomically(file, version(${n}), { onStep });`);
  const [, signal] = await once(writer, 'exit');
  expect(signal).toBe('SIGKILL');
}

it('a writer killed at any step leaves the old or the new text, whole', { timeout: 120_000 }, async () => {
  let held = 0;
  let kills = 0;
  writeFileSync(file, version(held));
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [index, step] of REPLACE_STEPS.entries()) {
      const next = round * 100 + index;
      await killedAt(step, next);
      kills++;
      if (index >= REPLACE_STEPS.indexOf('renamed')) {
        expect(readFileSync(`${file}.bak`, 'utf8') === version(held)).toBe(true);
        held = next;
      }
      expect(readFileSync(file, 'utf8') === version(held), `${step} in round ${round}`).toBe(true);
      // What the writers before this one left is gone: each clears away before it writes.
      expect(readdirSync(folder).filter((name) => name.endsWith('.tmp')).length).toBeLessThanOrEqual(1);
    }
  }
  expect(kills).toBeGreaterThanOrEqual(50);
  await replaceFileAtomically(file, 'end');
  expect(readdirSync(folder).toSorted()).toEqual(['n.conf', 'n.conf.bak']);
});

it('a writer killed at a moment nobody chose leaves a whole text', { timeout: 120_000 }, async () => {
  writeFileSync(file, version(0));
  for (let kill = 0; kill < RANDOM_KILLS; kill++) {
    const writer = runWriter(`
      for (let n = 1; ; n++) await replaceFileAtomically(file, version(n), { onStep: () => writeSync(1, '.') });`);
    const killed = once(writer, 'exit');
    // As many steps as no two writers do; the signal then comes somewhere in the work after them.
    const wanted = 3 + kill * 5;
    let seen = 0;
    writer.stdout?.on('data', (chunk: Buffer) => {
      seen += chunk.length;
      if (seen >= wanted) writer.kill('SIGKILL');
    });
    await killed;
    expect(seen).toBeGreaterThanOrEqual(wanted);
    for (const path of readdirSync(folder).filter((name) => !name.endsWith('.tmp'))) {
      const text = readFileSync(join(folder, path), 'utf8');
      const n = Number(/^# (\d+)\n/.exec(text)?.[1]);
      expect(text === version(n), path).toBe(true);
    }
  }
  await replaceFileAtomically(file, 'end');
  expect(readdirSync(folder).toSorted()).toEqual(['n.conf', 'n.conf.bak']);
});
