import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NANOMQ, type StartedBroker, startBroker } from '../e2e/started-broker.ts';
import { HonestClients } from './honest-clients.ts';
import { MemoryWatch } from './resident-memory.ts';

const IS_SHORT = process.env.NANOMQ_SLOW_SHORT === '1';
const ATTACKERS = fileURLToPath(new URL('./attackers.mjs', import.meta.url));
/** Of each of three kinds. */
const COUNT = IS_SHORT ? 200 : 2000;
const HONEST_CLIENTS = 100;
const MESSAGES_PER_SECOND = 10_000;
const CONNECT_TIMEOUT_MS = IS_SHORT ? 3000 : 10_000;
const QUIET_MS = IS_SHORT ? 3000 : 10_000;
/** A slow machine may take this much longer to let the last attacker go. */
const GONE_SLACK_MS = 10_000;
const KIBIBYTE = 1024;
/** 6,000 attackers were seen to cost 23 to 28 MiB in all, so some 5 KiB each; the slack is for the heap's own growth. */
const SOCKET_BYTES = 8 * KIBIBYTE;
const HEAP_SLACK_BYTES = 16 * KIBIBYTE * KIBIBYTE;

let folder = '';
let broker: StartedBroker;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nanomq-slow-'));
  const file = join(folder, 'nanomq.conf');
  await writeFile(file, `mqtt.connect_timeout = ${CONNECT_TIMEOUT_MS / 1000}s\n`);
  broker = await startBroker([NANOMQ, 'start', '--conf', file]);
});

afterAll(async () => {
  expect(await broker.stop()).toEqual({ code: 0, signal: null });
  await rm(folder, { recursive: true, force: true });
});

/** Runs the attackers until the broker has closed the last of them. */
async function attack(): Promise<{ goneAfterMs: Record<string, number>; begunMs: number }> {
  const child = spawn(process.execPath, [ATTACKERS, `${broker.port}`, `${COUNT}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const printed: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  return JSON.parse(Buffer.concat(printed).toString());
}

it(`CVE-2017-7651 CVE-2022-23913 CVE-2020-13849: ${COUNT} sockets that announce 256 MiB, ${COUNT} that send a byte a second and ${COUNT} that never speak cost their sockets; ${HONEST_CLIENTS} honest clients at ${MESSAGES_PER_SECOND} messages a second lose nothing`, async () => {
  const pid = broker.process.pid as number;
  const honest = await HonestClients.open(broker.port, HONEST_CLIENTS, MESSAGES_PER_SECOND);
  await wait(1000);
  honest.report();
  const quietMemory = new MemoryWatch(pid);
  await wait(QUIET_MS);
  const quiet = honest.report();
  const base = quietMemory.stop();

  const watch = new MemoryWatch(pid);
  const { goneAfterMs, begunMs } = await attack();
  const attacked = honest.report();
  const cost = watch.stop() - base;
  const end = await honest.finish();
  honest.close();

  process.stdout.write(
    `quiet p50 ${quiet.p50Ms.toFixed(2)} p99 ${quiet.p99Ms.toFixed(2)} ms; attacked p50 ${attacked.p50Ms.toFixed(2)} ` +
      `p99 ${attacked.p99Ms.toFixed(2)} ms, ratio ${(attacked.p99Ms / quiet.p99Ms).toFixed(2)}; ${end.received} messages; ` +
      `${(cost / KIBIBYTE / KIBIBYTE).toFixed(1)} MiB for ${3 * COUNT} attackers; all there after ${begunMs} ms, gone ` +
      `after ${JSON.stringify(goneAfterMs)} ms\n`,
  );
  expect([end.fault, end.received]).toEqual(['', end.sent]);
  expect(cost).toBeLessThan(3 * COUNT * SOCKET_BYTES + HEAP_SLACK_BYTES);
  for (const ms of Object.values(goneAfterMs)) expect(ms).toBeLessThan(begunMs + CONNECT_TIMEOUT_MS + GONE_SLACK_MS);
  // The goal of issue 4. A busy machine measures itself, so only the long run, on a quiet one, is held to it.
  if (!IS_SHORT) expect(attacked.p99Ms).toBeLessThan(3 * quiet.p99Ms);
});
