import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { connectAsync, type IDisconnectPacket } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { endingOf, NANOMQ, startBroker } from './started-broker.ts';

const START_SCRIPT = fileURLToPath(new URL('../../dev/start.mjs', import.meta.url));

/** The promise made to operators: so long may a broker take to end after SIGTERM. */
const STOP_LIMIT_MS = 5_000;

async function runNanomq(...words: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [NANOMQ, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  const { code } = await endingOf(child);
  return { code, ...output };
}

describe('nanomq', () => {
  it('--version prints the version of the package', async () => {
    const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    const { code, stdout } = await runNanomq('--version');
    expect(stdout).toContain(manifest.version);
    expect(code).toBe(0);
  });

  it('--help names the commands', async () => {
    const { code, stdout } = await runNanomq('--help');
    expect(stdout).toMatch(/\bstart\b/);
    expect(stdout).toMatch(/\bcheck\b/);
    expect(code).toBe(0);
  });

  it('refuses a command that it does not know', async () => {
    const { code, stderr } = await runNanomq('fly');
    expect(stderr).toContain('fly');
    expect(code).not.toBe(0);
  });
});

describe('nanomq check', () => {
  let folder: string;
  const file = (name: string) => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nanomq-check-'));
    await writeFile(file('good.conf'), 'listeners.tcp {\n  bind = "127.0.0.1:1883"\n}\nmqtt.max_packet_size = 1MB\n');
    await writeFile(file('value.conf'), 'mqtt {\n  max_packet_size = nonsense\n}\n');
    await writeFile(file('syntax.conf'), 'mqtt {\n  max_packet_size = 1MB\n');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('prints the effective values and exits with 0 for a good file', async () => {
    const { code, stdout } = await runNanomq('check', '--conf', file('good.conf'));
    expect(stdout).toContain('max_packet_size');
    expect(code).toBe(0);
  });

  it.each([
    ['a value of the wrong type', 'value.conf', /value\.conf:2:\d+/],
    ['a block that is not closed', 'syntax.conf', /syntax\.conf:\d+:\d+/],
    ['a file that is not there', 'absent.conf', /absent\.conf/],
  ])('names the place and exits with 1 for %s', async (_, name, place) => {
    const { code, stdout, stderr } = await runNanomq('check', '--conf', file(name));
    expect(stdout + stderr).toMatch(place);
    expect(code).toBe(1);
  });
});

describe('SIGTERM', () => {
  it.each([
    ['nanomq start', [NANOMQ, 'start']],
    ['npm start', [START_SCRIPT]],
  ])('%s: 5.0 clients get DISCONNECT 0x8B, 3.1.1 clients a close, exit code 0 within 5 s', async (_, script) => {
    const broker = await startBroker(script);
    const [five, three] = await Promise.all([
      connectAsync(broker.url, { reconnectPeriod: 0, protocolVersion: 5 }),
      connectAsync(broker.url, { reconnectPeriod: 0, protocolVersion: 4 }),
    ]);
    const told = new Promise<IDisconnectPacket>((resolve) => five.once('disconnect', resolve));
    const closed = new Promise<void>((resolve) => three.once('close', () => resolve()));
    try {
      const late = new AbortController();
      const ending = await Promise.race([broker.stop(), wait(STOP_LIMIT_MS, 'late', { signal: late.signal })]);
      late.abort();
      expect(ending).toEqual({ code: 0, signal: null });
      expect((await told).reasonCode).toBe(0x8b);
      await closed;
    } finally {
      broker.process.kill('SIGKILL');
      await Promise.all([five.endAsync(true), three.endAsync(true)]);
    }
  });

  it('a client that does not read: exit code 0 within 5 s all the same', async () => {
    const broker = await startBroker();
    const socket = connect(broker.port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      socket.write(Buffer.from('101000044d51545405020000000003636174', 'hex')); // CONNECT of MQTT 5.0
      await once(socket, 'readable'); // CONNACK; from here on nothing is read
      const late = new AbortController();
      const ending = await Promise.race([broker.stop(), wait(STOP_LIMIT_MS, 'late', { signal: late.signal })]);
      late.abort();
      expect(ending).toEqual({ code: 0, signal: null });
    } finally {
      broker.process.kill('SIGKILL');
      socket.destroy();
    }
  });
});
