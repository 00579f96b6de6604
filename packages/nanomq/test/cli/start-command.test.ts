import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NanomqConfig } from '@nanomq-ts/config';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.ts';
import type { BrokerFactory } from '../../src/cli/surroundings.ts';
import { type FakeSurroundings, fakeSurroundings, temporaryFolder } from './fake-surroundings.ts';

const STARTED = 'NanoMQ Broker is started successfully!\n';

// The limit on closing is a timer; it is advanced, never waited for.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** Runs `nanomq start` and sends SIGTERM as soon as it says that it has started. */
async function startAndStop(around: FakeSurroundings, ...words: string[]): Promise<number> {
  const ended = runCommandLine(['start', ...words], around);
  await started(around);
  around.events.emit('SIGTERM', 'SIGTERM');
  return ended;
}

function started(around: FakeSurroundings): Promise<void> {
  return vi.waitFor(() => expect(around.out()).toContain(STARTED));
}

/** The records on stdout, without the lines that are none. */
function records(around: FakeSurroundings): Record<string, unknown>[] {
  const lines = around.out().split('\n');
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
}

const conf = (text: string) => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'a.conf'), text);
  return cwd;
};

describe('nanomq start', () => {
  it('says that it has started, stops on SIGTERM with exit code 0 and lets go of the process', async () => {
    const around = fakeSurroundings();
    expect(await startAndStop(around)).toBe(0);
    expect(around.out()).toContain(STARTED);
    expect(around.err()).toBe('');
    expect(around.happened).toEqual(['close']);
    expect(around.events.eventNames()).toEqual([]);
    expect(around.events.exits).toEqual([]);
  });

  it('gives the broker the configuration and a log', async () => {
    let given: NanomqConfig | undefined;
    const createBroker: BrokerFactory = async ({ config, logger }) => {
      given = config;
      logger.debug({ password: 'canary-9' }, 'made');
      return {
        httpAddress: null,
        listen: async () => [{ name: 'default', host: '::', port: 7 }],
        apply: () => undefined,
        close: async () => undefined,
      };
    };
    const around = fakeSurroundings({}, { createBroker });
    await startAndStop(around, '--url', 'nmq-tcp://127.0.0.1:7', '--log_level', 'debug');
    expect(given?.listeners.tcp).toMatchObject([{ host: '127.0.0.1', port: 7 }]);
    expect(records(around)).toContainEqual(
      expect.objectContaining({ level: 'debug', msg: 'made', password: '******' }),
    );
    expect(around.out()).not.toContain('canary-9');
  });

  it('logs a line for each listener with the port that it has', async () => {
    const listen = async () => [
      { name: 'default', host: '0.0.0.0', port: 40_001 },
      { name: 'six', host: '::1', port: 40_002 },
    ];
    const around = fakeSurroundings({ listen });
    await startAndStop(around, '--log_level', 'info');
    const lines = records(around).filter(({ listener }) => listener !== undefined);
    expect(lines.map(({ msg }) => msg)).toEqual([
      'listener default accepts MQTT on 0.0.0.0:40001',
      'listener six accepts MQTT on [::1]:40002',
    ]);
  });

  it.each([
    ['admitted', 'auth.allow_anonymous = true', 1],
    ['refused', 'auth.allow_anonymous = false', 0],
  ])('anonymous clients %s: says so in %i line at the default level', async (_, text, count) => {
    const around = fakeSurroundings({}, { cwd: conf(text) });
    await startAndStop(around, '--conf', 'a.conf');
    const notices = records(around).filter(({ msg }) => /without a password/.test(String(msg)));
    expect(notices).toHaveLength(count);
    for (const { level, msg } of notices) {
      expect(level).toBe('warn');
      expect(msg).toContain('auth.allow_anonymous = false');
      expect(msg).toContain('listeners.tcp.bind = "127.0.0.1:1883"');
    }
  });

  it('logs the warnings of the configuration', async () => {
    const around = fakeSurroundings({}, { cwd: conf('mqtt.max_pakcet_size = 1MB') });
    await startAndStop(around, '--conf', 'a.conf');
    const expected = { level: 'warn', code: 'UNKNOWN_KEY', msg: expect.stringMatching(/a\.conf:1:\d+: unknown key/) };
    expect(records(around)).toContainEqual(expect.objectContaining(expected));
  });

  it('writes the whole log to the file before it ends', async () => {
    const around = fakeSurroundings({}, { cwd: conf('log { to = [file], level = info, dir = "logs" }') });
    await startAndStop(around, '--conf', 'a.conf');
    const lines = readFileSync(join(around.cwd, 'logs/nanomq.log'), 'utf8').trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ level: 'info', msg: 'the broker has stopped' });
    expect(around.out()).toBe(STARTED);
  });
});

describe('nanomq start that cannot listen', () => {
  it.each([
    [
      'an address in use',
      Object.assign(new Error('x'), { code: 'EADDRINUSE', address: '0.0.0.0', port: 1883 }),
      'nanomq: listener default cannot listen on 0.0.0.0:1883: the address is in use by another process [EADDRINUSE]\n',
    ],
    [
      'an address not allowed',
      Object.assign(new Error('x'), { code: 'EACCES', address: '0.0.0.0', port: 1883 }),
      /^nanomq: listener default .* \[EACCES\]\n$/,
    ],
  ])('%s: one line, exit code 1, and closes what was opened', async (_, error, expected) => {
    const around = fakeSurroundings({ listen: () => Promise.reject(error) });
    expect(await runCommandLine(['start', '--log_level', 'fatal'], around)).toBe(1);
    expect(around.err()).toMatch(expected);
    expect(around.err().split('\n')).toHaveLength(2);
    expect(around.out()).toBe('');
    expect(around.happened).toEqual(['close']);
    expect(around.events.eventNames()).toEqual([]);
  });

  it('no listener enabled', async () => {
    const around = fakeSurroundings({ listen: async () => [] });
    expect(await runCommandLine(['start'], around)).toBe(1);
    expect(around.err()).toBe('nanomq: no listener is enabled, so no client could connect (listeners.tcp)\n');
  });

  it('keeps the reason for the log file', async () => {
    const cwd = conf('log { to = [file] }');
    const around = fakeSurroundings({ listen: () => Promise.reject(new Error('odd')) }, { cwd });
    expect(await runCommandLine(['start', '--conf', 'a.conf'], around)).toBe(1);
    expect(readFileSync(join(cwd, 'nanomq.log'), 'utf8')).toMatch(/"level":"fatal".*cannot listen on .*odd/);
  });
});

describe('nanomq start that cannot end', () => {
  const endless = () => new Promise<void>(() => undefined);

  it('a second signal ends it at once', async () => {
    const around = fakeSurroundings({ close: endless });
    void runCommandLine(['start'], around);
    await started(around);
    around.events.emit('SIGTERM', 'SIGTERM');
    around.setNowMs(1_000);
    around.events.emit('SIGTERM', 'SIGTERM');
    expect(around.events.exits).toEqual([143]);
  });

  it('is ended with exit code 1 when closing takes longer than 5 s', async () => {
    const around = fakeSurroundings({ close: endless });
    void runCommandLine(['start'], around);
    await started(around);
    around.events.emit('SIGTERM', 'SIGTERM');
    await vi.waitFor(() => expect(around.happened).toEqual(['close']));
    vi.advanceTimersByTime(4_999);
    expect(around.events.exits).toEqual([1]);
    expect(around.err()).toBe('nanomq: closing took too long\n');
  });

  it('is ended with exit code 0 when something stays open after closing', async () => {
    const around = fakeSurroundings();
    expect(await startAndStop(around)).toBe(0);
    vi.advanceTimersByTime(4_999);
    expect(around.events.exits).toEqual([0]);
  });

  it('a failing close is an error nobody expected', async () => {
    const around = fakeSurroundings({ close: () => Promise.reject(new Error('disk')) });
    await expect(startAndStop(around)).rejects.toThrow('disk');
  });
});

describe('an error nobody caught', () => {
  it.each([
    ['an error', new Error('broken invariant', { cause: new Error('deeper') }), 'broken invariant'],
    ['something thrown that is no error', 'odd', 'odd'],
  ])('%s: is logged with its cause, printed, and ends the process with 1', async (_, error, text) => {
    const around = fakeSurroundings();
    void runCommandLine(['start'], around);
    await started(around);
    around.events.emit('uncaughtException', error, 'uncaughtException');
    expect(around.events.exits).toEqual([1]);
    expect(around.err()).toContain(text);
    const [fatal] = records(around).filter(({ level }) => level === 'fatal');
    expect(JSON.stringify(fatal)).toContain(text);
    if (error instanceof Error) expect(fatal).toMatchObject({ err: { cause: { message: 'deeper' } } });
  });
});
