// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are HOCON, whose substitutions look so
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ConfigError } from '../src/config-error.ts';
import { type ConfigSources, loadConfig } from '../src/load-config.ts';

function load(text: string | undefined, more: Partial<ConfigSources> = {}) {
  return loadConfig({ text, env: {}, flags: {}, cwd: '/nonexistent', ...more });
}

const DEFAULT_TCP = {
  name: 'default',
  host: '0.0.0.0',
  port: 1883,
  enable: true,
  handshakeTimeoutMs: 10_000,
};

it('without anything the defaults hold: TCP 1883', () => {
  const { config, warnings, origins } = load(undefined);
  expect(config.listeners.tcp).toEqual([DEFAULT_TCP]);
  expect(config.mqtt).toMatchObject({
    maxUserProperties: 32,
    maxPacketBytes: 10 * 1024 ** 2,
    queueLimitMessages: 1024,
    retryIntervalMs: 10_000,
    keepAliveMultiplier: 1.5, // [MQTT-3.1.2-22]
    maxInflightMessages: 2048,
    connectTimeoutMs: 10_000,
    maxConnectPacketBytes: 65_536,
    sharedSubscriptionStrategy: 'round_robin',
  });
  expect(config.auth).toMatchObject({ allowAnonymous: true, usesPasswords: false, noMatch: 'allow', http: null });
  expect(warnings).toEqual([]);
  expect(origins.size).toBe(0);
});

it('the configuration is frozen through and through', () => {
  const { config } = load('listeners.tcp.x.bind = 1');
  for (const part of [config, config.mqtt, config.listeners, config.listeners.tcp, config.listeners.tcp[0]]) {
    expect(Object.isFrozen(part)).toBe(true);
  }
});

it.each<[string, string | undefined, Partial<ConfigSources>, number, string]>([
  ['default', undefined, {}, 10_000, 'undefined'],
  ['file over default', 'mqtt.retry_interval = 1s', {}, 1000, 'file'],
  ['NanoMQ variable over file', 'mqtt.retry_interval = 1s', { env: { NANOMQ_QOS_DURATION: '2' } }, 2000, 'env'],
  [
    'systematic variable over NanoMQ variable',
    undefined,
    { env: { NANOMQ_MQTT__RETRY_INTERVAL: '500ms', NANOMQ_QOS_DURATION: '2' } },
    500,
    'env',
  ],
  ['an empty variable is not set', 'mqtt.retry_interval = 1s', { env: { NANOMQ_QOS_DURATION: ' ' } }, 1000, 'file'],
])('precedence: %s', (_, text, more, expected, kind) => {
  const { config, origins } = load(text, more);
  expect(config.mqtt.retryIntervalMs).toBe(expected);
  expect(String(origins.get('mqtt.retry_interval')?.kind)).toBe(kind);
});

it('precedence: flag over variable over file', () => {
  const more = { env: { NANOMQ_LOG_LEVEL: 'info' }, flags: { logLevel: 'trace' } };
  const { config, origins } = load('log.level = error', more);
  expect(config.log.level).toBe('trace');
  expect(origins.get('log.level')).toEqual({ kind: 'flag', name: '--log_level' });
});

it.each<[string, string, Partial<ConfigSources>, unknown[]]>([
  [
    'an own address',
    'listeners.tcp.bind = "127.0.0.1:11883"',
    {},
    [{ ...DEFAULT_TCP, host: '127.0.0.1', port: 11883 }],
  ],
  ['without quotes', 'listeners.tcp.bind = 127.0.0.1:0', {}, [{ ...DEFAULT_TCP, host: '127.0.0.1', port: 0 }]],
  ['IPv6', 'listeners.tcp.bind = "[::1]:1883"', {}, [{ ...DEFAULT_TCP, host: '::1' }]],
  ['a bare port', 'listeners.tcp.bind = 1884', {}, [{ ...DEFAULT_TCP, port: 1884 }]],
  ['an empty section tcp', 'listeners.tcp {}', {}, [DEFAULT_TCP]],
  ['listeners without tcp: none, as NanoMQ', 'listeners {}', {}, []],
  ['listeners with only ssl: no tcp, as NanoMQ', 'listeners.ssl { bind = 8883, keyfile = k, certfile = c }', {}, []],
  ['tcp = null counts as not set', 'listeners.tcp = null', {}, []],
  ['a TLS variable does not turn TCP off', '', { env: { NANOMQ_TLS_ENABLE: 'false' } }, [DEFAULT_TCP]],
  ['not enabled', 'listeners.tcp.enable = false', {}, [{ ...DEFAULT_TCP, enable: false }]],
  ['not enabled by variable', '', { env: { NANOMQ_TCP_ENABLE: 'no' } }, [{ ...DEFAULT_TCP, enable: false }]],
  [
    'a named one beside the unnamed',
    'listeners.tcp { bind = 1, inner { bind = 2, enable = false } }',
    {},
    [
      { ...DEFAULT_TCP, port: 1 },
      { ...DEFAULT_TCP, name: 'inner', port: 2, enable: false },
    ],
  ],
  ['only named: 1883 stays closed', 'listeners.tcp.x.bind = 2', {}, [{ ...DEFAULT_TCP, name: 'x', port: 2 }]],
  ['section names without regard to case', 'LISTENERS.Tcp.BIND = 2', {}, [{ ...DEFAULT_TCP, port: 2 }]],
  [
    'a variable with a URL',
    '',
    { env: { NANOMQ_BROKER_URL: 'nmq-tcp://h:5' } },
    [{ ...DEFAULT_TCP, host: 'h', port: 5 }],
  ],
  [
    'flags replace those of file and environment',
    'listeners.tcp { bind = 1, x.bind = 2, enable = false }',
    { flags: { urls: ['nmq-tcp://0.0.0.0:7', 'nmq-tcp://[::]:8'] }, env: { NANOMQ_BROKER_URL: 'h:5' } },
    [
      { ...DEFAULT_TCP, port: 7 },
      { ...DEFAULT_TCP, name: 'url-2', host: '::', port: 8 },
    ],
  ],
  [
    'a flag where the file has none',
    'listeners {}',
    { flags: { urls: ['nmq-tcp://h:7'] } },
    [{ ...DEFAULT_TCP, host: 'h', port: 7 }],
  ],
])('TCP listeners: %s', (_, text, more, expected) => {
  expect(load(text, more).config.listeners.tcp).toEqual(expected);
});

it.each<[string, string, string]>([
  ['a duration without unit', 'mqtt.retry_interval = 10', 'VALUE_INVALID c:1:23 mqtt.retry_interval "10"'],
  ['a duration of another unit', '\nmqtt.retry_interval = 10y', 'VALUE_INVALID c:2:23 mqtt.retry_interval "10y"'],
  ['a duration out of range', 'mqtt.connect_timeout = 2d', 'VALUE_OUT_OF_RANGE c:1:24 mqtt.connect_timeout "2d"'],
  ['a size that is none', 'mqtt { max_packet_size = big }', 'VALUE_INVALID c:1:26 mqtt.max_packet_size "big"'],
  ['a size over the limit', 'mqtt.max_packet_size = 261MB', 'VALUE_OUT_OF_RANGE c:1:24 mqtt.max_packet_size "261MB"'],
  ['a number as a word', 'mqtt.max_mqueue_len = x', 'VALUE_INVALID c:1:23 mqtt.max_mqueue_len "x"'],
  ['a fraction', 'mqtt.max_mqueue_len = 1.5', 'VALUE_INVALID c:1:23 mqtt.max_mqueue_len "1.5"'],
  ['a negative number', 'mqtt.max_mqueue_len = -1', 'VALUE_OUT_OF_RANGE c:1:23 mqtt.max_mqueue_len "-1"'],
  ['a boolean as a number', 'auth.allow_anonymous = 1', 'VALUE_INVALID c:1:24 auth.allow_anonymous "1"'],
  ['an unknown word', 'log.level = loud', 'VALUE_INVALID c:1:13 log.level "loud"'],
  ['an unknown target', 'log.to = [console, x]', 'VALUE_INVALID c:1:10 log.to "console"'],
  ['a list for a number', 'mqtt.max_mqueue_len = [1]', 'VALUE_INVALID c:1:23 mqtt.max_mqueue_len "list"'],
  ['a plain value for a section', 'mqtt = 5', 'VALUE_INVALID c:1:8 mqtt "number"'],
  ['a port over 65535', 'listeners.tcp.bind = h:65536', 'VALUE_INVALID c:1:22 listeners.tcp.bind "h:65536"'],
  ['a named listener without address', 'listeners.tcp.x {}', 'VALUE_INVALID c:1:1 listeners.tcp.x.bind "not set"'],
])('refuses %s, telling place, key, what was found', (_, text, expected) => {
  const [code, place, key, found] = expected.split(/ (?=\S*:|mqtt|auth|log|listeners|")/);
  const error = catchError(() => load(text, { file: 'c' }));
  expect(error.code).toBe(code);
  expect(error.message).toContain(`${place}: ${key}: `);
  expect(error.message).toContain((found ?? '').replaceAll('"', ''));
  expect(error.message).toContain('allowed: ');
});

function catchError(run: () => unknown): ConfigError {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

it('tells every wrong value at once', () => {
  const error = catchError(() => load('mqtt.max_mqueue_len = x\nlog.level = y\nauth.allow_anonymous = z'));
  expect(error.problems.map((problem) => problem.key)).toEqual([
    'mqtt.max_mqueue_len',
    'auth.allow_anonymous',
    'log.level',
  ]);
});

it('names the variable or the flag of a wrong value', () => {
  expect(() => load('', { env: { NANOMQ_MSQ_LEN: 'x' } })).toThrow(/^env NANOMQ_MSQ_LEN: mqtt\.max_mqueue_len: /);
  expect(() => load('', { flags: { logLevel: 'x' } })).toThrow(/^flag --log_level: log\.level: /);
});

it.each<[string, string, number]>([
  ['10ms are ten milliseconds, not minutes', 'mqtt.retry_interval = 10ms', 10],
  ['quoted', 'mqtt.retry_interval = "1.5m"', 90_000],
  ['0 needs no unit', 'mqtt.retry_interval = 0', 0],
  ['from the environment through a substitution', 'mqtt.retry_interval = ${T}', 3000],
])('durations: %s', (_, text, expected) => {
  expect(load(text, { env: { T: '3s' } }).config.mqtt.retryIntervalMs).toBe(expected);
});

it.each<[string, number]>([
  ['mqtt.max_mqueue_len = 0', 1024],
  ['mqtt.max_mqueue_len = null', 1024],
  ['mqtt.max_mqueue_len = "77"', 77],
])('%s gives %i: 0 means the default where NanoMQ ignores it', (text, expected) => {
  expect(load(text).config.mqtt.queueLimitMessages).toBe(expected);
});

it.each<[string, number]>([
  ['10s', 10_000],
  ['0', 10_000],
  ['500', 500],
])('mqtt.max_awaiting_rel = %s gives %i: NanoMQ files have a duration there', (text, expected) => {
  expect(load(`mqtt.max_awaiting_rel = ${text}`).config.mqtt.maxAwaitingRel).toBe(expected);
});

it('what nothing reads is not in the typed configuration', () => {
  const { config } = load('mqtt { await_rel_timeout = 10s, batch_resend = true }');
  expect(Object.keys(config.mqtt)).not.toEqual(expect.arrayContaining(['awaitRelTimeoutMs']));
  expect(Object.keys(config.mqtt)).not.toEqual(expect.arrayContaining(['batchResend']));
  expect(config).toEqual(load('').config);
});

it('refuses a number out of range for mqtt.max_awaiting_rel', () => {
  expect(() => load('mqtt.max_awaiting_rel = 70000')).toThrow(/VALUE_OUT_OF_RANGE/);
  expect(() => load('mqtt.max_awaiting_rel = x')).toThrow(/VALUE_INVALID/);
});

it('keeps text as it was written', () => {
  expect(load('log.file = 007\nlog.dir = 1e2').config.log).toMatchObject({ file: '007', dir: '1e2' });
});

it.each<[string, string, Partial<ConfigSources>]>([
  ['two of one address', 'listeners.tcp { bind = 1, x.bind = 1 }', {}],
  ['two of one name', 'listeners.tcp { bind = 1, default.bind = 2 }', {}],
  ['two flags of one address', '', { flags: { urls: ['nmq-tcp://h:1', 'nmq-tcp://h:1'] } }],
])('refuses listeners: %s', (_, text, more) => {
  expect(catchError(() => load(text, more)).code).toBe('LISTENER_DUPLICATE');
});

it('port 0 may be asked for several times, a closed listener does not count', () => {
  const text = 'listeners.tcp { bind = 0, x.bind = 0, y { bind = 5, enable = false }, z.bind = 5 }';
  expect(load(text).config.listeners.tcp).toHaveLength(4);
});

it('log targets that are not used yet are left out with a warning; something always remains', () => {
  const { config, warnings } = load('log.to = [syslog]', { file: 'c' });
  expect(config.log.targets).toEqual(['console']);
  expect(warnings).toEqual([
    { code: 'NOT_YET_USED', origin: expect.objectContaining({ line: 1, column: 10 }), message: expect.any(String) },
  ]);
  expect(load('log.to = "file, console"').config.log.targets).toEqual(['file', 'console']);
});

it('reads the file that NANOMQ_CONF_PATH names, unless one is given', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'nanomq-config-'));
  try {
    writeFileSync(join(cwd, 'a.conf'), 'mqtt.max_mqueue_len = 1');
    writeFileSync(join(cwd, 'b.conf'), 'mqtt.max_mqueue_len = 2');
    const env = { NANOMQ_CONF_PATH: 'a.conf' };
    const length = (file?: string) => loadConfig({ file, env, flags: {}, cwd }).config.mqtt.queueLimitMessages;
    expect([length(), length('b.conf')]).toEqual([1, 2]);
  } finally {
    rmSync(cwd, { recursive: true });
  }
});
