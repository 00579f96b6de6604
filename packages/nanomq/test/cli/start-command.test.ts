import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig, type NanomqConfig } from '@nanomq-ts/config';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.ts';
import type { BrokerFactory } from '../../src/cli/surroundings.ts';
import { ListenError } from '../../src/listeners/listen-error.ts';
import { enabledListeners, type ListenerSpec } from '../../src/listeners/listener-spec.ts';
import { type FakeSurroundings, fakeChange, fakeSurroundings, temporaryFolder } from './fake-surroundings.ts';

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
  // The command is loaded first, and vitest compiles what it loads.
  return vi.waitFor(() => expect(around.out()).toContain(STARTED), { timeout: 20_000 });
}

/** The records on stdout, without the lines that are none. */
function records(around: FakeSurroundings): Record<string, unknown>[] {
  const lines = around.out().split('\n');
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
}

/** What the composition rejects with when it cannot open the one listener of an empty configuration. */
function listenError(code: string): ListenError {
  const { config } = loadConfig({ env: {}, flags: {}, cwd: '/', text: '' });
  const [spec] = enabledListeners(config.listeners) as [ListenerSpec];
  return new ListenError(spec, Object.assign(new Error('x'), { code }));
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
      const addresses = [{ name: 'tcp:default', kind: 'tcp', host: '::', port: 7 }] as const;
      return {
        addresses,
        httpAddress: null,
        listen: async () => addresses,
        prepare: async () => fakeChange(() => {}),
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
    const addresses = [
      { name: 'tcp:default', kind: 'tcp', host: '0.0.0.0', port: 40_001 },
      { name: 'wss:six', kind: 'wss', host: '::1', port: 40_002 },
    ] as const;
    const around = fakeSurroundings({ addresses });
    await startAndStop(around, '--log_level', 'info');
    const lines = records(around).filter(({ listener }) => listener !== undefined);
    expect(lines.map(({ msg }) => msg)).toEqual([
      'listener tcp:default accepts MQTT on 0.0.0.0:40001',
      'listener wss:six accepts MQTT over WebSocket and TLS on [::1]:40002',
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
      expect(msg).toContain('auth.allow_anonymous = false and auth.password { include "nanomq_pwd.conf" }');
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
      listenError('EADDRINUSE'),
      'nanomq: listener tcp:default cannot listen on 0.0.0.0:1883: the address is in use by another process [EADDRINUSE]\n',
    ],
    ['an address not allowed', listenError('EACCES'), /^nanomq: listener tcp:default .* \[EACCES\]\n$/],
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
    expect(around.err()).toBe('nanomq: no listener is enabled, so no client could connect (listeners)\n');
  });

  it('keeps the reason for the log file', async () => {
    const cwd = conf('log { to = [file] }');
    const around = fakeSurroundings({ listen: () => Promise.reject(listenError('EODD')) }, { cwd });
    expect(await runCommandLine(['start', '--conf', 'a.conf'], around)).toBe(1);
    expect(readFileSync(join(cwd, 'nanomq.log'), 'utf8')).toMatch(/"level":"fatal".*cannot listen on .*EODD/);
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

describe('a broker that has lost a part of it', () => {
  it('is closed as on SIGTERM, and the process ends with exit code 1', async () => {
    let lose = () => {};
    const around = fakeSurroundings();
    const createBroker: BrokerFactory = (options) => {
      lose = options.lost;
      return around.createBroker(options);
    };
    const ended = runCommandLine(['start'], { ...around, createBroker });
    await started(around);
    lose();
    expect(await ended).toBe(1);
    expect([around.happened, around.err()]).toEqual([['close'], '']);
    vi.advanceTimersByTime(4_999);
    expect(around.events.exits).toEqual([1]);
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

describe('nanomq start, commanded', () => {
  const running = async (text: string, broker: Parameters<typeof fakeSurroundings>[0] = {}) => {
    const cwd = conf(text);
    const around = fakeSurroundings(broker, { cwd });
    const ended = runCommandLine(['start', '--conf', 'a.conf', '--log_level', 'info'], around);
    await started(around);
    const write = (next: string) => writeFileSync(join(cwd, 'a.conf'), next);
    /** A command of another process, with surroundings of its own but the same run directory. */
    const command = async (...words: string[]) => {
      const other = fakeSurroundings({}, { cwd, env: around.env });
      const code = await runCommandLine([...words, '--conf', 'a.conf'], other);
      return { code, out: other.out(), err: other.err() };
    };
    return { around, ended, write, command };
  };

  it('writes its process identifier, and takes PID file and socket away at the end', async () => {
    const { around, ended } = await running('');
    const directory = around.env.NANOMQ_RUN_DIR ?? '';
    const names = readdirSync(directory).toSorted();
    expect(names).toEqual([
      expect.stringMatching(new RegExp(`^nanomq-[0-9a-f]{16}-${process.pid}\\.sock$`)),
      expect.stringMatching(/^nanomq-[0-9a-f]{16}\.pid$/),
    ]);
    expect(readFileSync(join(directory, names[1] ?? ''), 'utf8')).toBe(`${process.pid}\n`);
    around.events.emit('SIGTERM', 'SIGTERM');
    expect(await ended).toBe(0);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('nanomq stop ends it with exit code 0', async () => {
    const { around, ended, command } = await running('');
    expect(await command('stop')).toEqual({ code: 0, out: `the broker (pid ${process.pid}) has stopped\n`, err: '' });
    expect(await ended).toBe(0);
    expect(around.happened).toEqual(['close']);
  });

  it('nanomq status says where it listens and what waits for a restart', async () => {
    const { around, ended, write, command } = await running('');
    write('mqtt.max_topic_alias = 3');
    await command('reload');
    const { code, out } = await command('status');
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      expect.stringMatching(new RegExp(`^nanomq \\S+ runs, pid ${process.pid}, up 0 s$`)),
      `configuration: ${join(around.cwd, 'a.conf')}`,
      'listener tcp:default: MQTT on 127.0.0.1:1883',
      'waiting for a restart: mqtt.max_topic_alias',
      '',
    ]);
    await command('stop');
    await ended;
  });

  it('nanomq reload prints the report', async () => {
    const { around, ended, write, command } = await running('');
    write('mqtt { max_mqueue_len = 3, max_topic_alias = 4 }');
    expect(await command('reload')).toEqual({
      code: 0,
      out: `reloaded ${join(around.cwd, 'a.conf')}\napplied: mqtt.max_mqueue_len\nneeds a restart: mqtt.max_topic_alias\n`,
      err: '',
    });
    expect(around.happened).toEqual(['apply']);
    expect((await command('reload')).out).toContain('needs a restart: mqtt.max_topic_alias');
    await command('stop');
    await ended;
  });

  it('nanomq reload prints every problem with its place, and nothing has changed', async () => {
    const { around, ended, write, command } = await running('');
    write('mqtt.max_mqueue_len = many\nmqtt.retry_interval = soon');
    const { code, out, err } = await command('reload');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^a\.conf:\d:\d+: .*\[VALUE_INVALID\]\na\.conf:\d:\d+: .*\[VALUE_INVALID\]\n$/);
    expect(around.happened).toEqual([]);
    await command('stop');
    await ended;
  });

  it('nanomq restart composes another broker in this process', async () => {
    const { around, ended, command } = await running('');
    const { code, out } = await command('restart');
    expect([code, out]).toEqual([0, 'the broker has restarted\nlistener tcp:default: MQTT on 127.0.0.1:1883\n']);
    expect(around.happened).toEqual(['close']);
    await command('stop');
    expect(await ended).toBe(0);
  });

  it('SIGHUP reads the configuration again; the log says what came of it', async () => {
    const { around, ended, write, command } = await running('');
    write('mqtt.max_mqueue_len = 3');
    around.events.emit('SIGHUP');
    await vi.waitFor(() => expect(around.happened).toEqual(['apply']));
    expect(records(around)).toContainEqual(
      expect.objectContaining({ msg: 'the configuration was read again', applied: ['mqtt.max_mqueue_len'] }),
    );
    write('mqtt {');
    around.events.emit('SIGHUP');
    const refused = expect.objectContaining({ level: 'error', msg: expect.stringContaining('reload refused') });
    await vi.waitFor(() => expect(records(around)).toContainEqual(refused));
    await command('stop');
    expect(await ended).toBe(0);
  });

  it('a broker lost in a restart ends the process with the reason and exit code 1', async () => {
    let opened = 0;
    const listen = async () => {
      if (opened++ > 0) throw listenError('EADDRINUSE');
      return [{ name: 'tcp:default', kind: 'tcp', host: '127.0.0.1', port: 1883 }] as const;
    };
    const { around, ended, command } = await running('', { listen });
    expect((await command('restart')).code).toBe(1);
    expect(await ended).toBe(1);
    expect(around.err()).toMatch(/^nanomq: listener tcp:default cannot listen on 0\.0\.0\.0:1883: .*\n$/);
  });

  it('runs without control socket where it cannot have one, and says so', async () => {
    const env = { NANOMQ_RUN_DIR: '/proc/nanomq' };
    const around = fakeSurroundings({}, { env });
    expect(await startAndStop(around)).toBe(0);
    const notice = 'nanomq stop, restart, reload and status cannot reach this broker: the directory /proc/nanomq';
    expect(records(around)).toContainEqual(expect.objectContaining({ msg: expect.stringContaining(notice) }));
  });

  it('writes the PID file that NANOMQ_PID_FILE names', async () => {
    const pidFile = join(temporaryFolder(), 'broker.pid');
    const around = fakeSurroundings({}, { env: { NANOMQ_PID_FILE: pidFile } });
    const ended = runCommandLine(['start'], around);
    await started(around);
    expect(readFileSync(pidFile, 'utf8')).toBe(`${process.pid}\n`);
    around.events.emit('SIGTERM', 'SIGTERM');
    await ended;
    expect(existsSync(pidFile)).toBe(false);
  });
});
