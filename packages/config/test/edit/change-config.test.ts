// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are HOCON, whose substitutions look so
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config-error.ts';
import { changeConfig } from '../../src/edit/change-config.ts';
import type { TextChange } from '../../src/edit/edit-config-text.ts';
import { type EffectiveValue, effectiveAt } from '../../src/effective-tree.ts';
import { type ConfigSources, loadConfig } from '../../src/load-config.ts';

type Wishes = Readonly<Record<string, EffectiveValue | undefined>>;

const changes = (wishes: Wishes): TextChange[] =>
  Object.entries(wishes).map(([key, value]) => ({ path: key.split('.'), value }));
const sourcesOf = (text: string, more: Partial<ConfigSources> = {}): ConfigSources => ({
  text,
  env: {},
  flags: {},
  cwd: '/nonexistent',
  ...more,
});
const plan = (text: string, wishes: Wishes, more?: Partial<ConfigSources>) =>
  changeConfig(sourcesOf(text, more), changes(wishes));

describe('a plan', () => {
  it('tells the new text, the whole new configuration, and when each change holds', () => {
    const text = '# mine\nmqtt.max_mqueue_len = 5 # c\nhttp_server {\n  port = 8081\n}\n';
    const { newText, loaded, diff, overridden, file } = plan(text, {
      'mqtt.max_mqueue_len': 6,
      'mqtt.max_packet_size': 10 * 1024 ** 2,
      'mqtt.max_topic_alias': 7,
      'http_server.port': 8082,
    });
    expect(newText).toBe(
      '# mine\nmqtt.max_mqueue_len = 6 # c\nhttp_server {\n  port = 8082\n}\nmqtt.max_topic_alias = 7\n',
    );
    expect(loaded.config).toMatchObject({ mqtt: { queueLimitMessages: 6 }, httpServer: { port: 8082 } });
    expect(diff).toEqual({
      applied: ['mqtt.max_mqueue_len'],
      needsRestart: ['mqtt.max_topic_alias', 'http_server.port'],
      unchanged: ['mqtt.max_packet_size'],
    });
    expect(overridden).toEqual([]);
    expect(file).toBeNull();
  });

  it('takes a section apart, null as "remove", names in any case, and the later of two values', () => {
    const { newText, diff } = changeConfig(sourcesOf('log.file = x\n'), [
      { path: ['MQTT'], value: { Max_Mqueue_Len: 5, max_topic_alias: 6 } },
      { path: ['log', 'file'], value: null },
      { path: ['mqtt', 'max_mqueue_len'], value: 7 },
    ]);
    expect(newText).toBe('mqtt.max_topic_alias = 6\nmqtt.max_mqueue_len = 7\n');
    expect(diff.applied).toEqual(['mqtt.max_mqueue_len']);
    expect(diff.needsRestart).toEqual(['mqtt.max_topic_alias', 'log.file']);
  });

  it('removes a section with all that is in it', () => {
    const { newText, loaded } = plan('bridges.mqtt.b { server = "mqtt-tcp://h:1" }\na = 1\n', {
      'bridges.mqtt.b': undefined,
    });
    expect(newText).toBe('a = 1\n');
    expect(effectiveAt(loaded.effective, ['bridges'])).toBeUndefined();
  });

  it('removing a key that nobody set is no change; of one set to its default it is', () => {
    expect(plan('a = 1', { 'mqtt.max_mqueue_len': undefined })).toMatchObject({
      newText: 'a = 1',
      diff: { unchanged: ['mqtt.max_mqueue_len'] },
    });
    expect(plan('mqtt.max_mqueue_len = 1024', { 'mqtt.max_mqueue_len': undefined }).newText).toBe('');
  });

  it('of everything it shows, everything can be written back and nothing changes', () => {
    const text = readFileSync(new URL('../../../../etc/nanomq.conf', import.meta.url), 'utf8');
    const shown = loadConfig(sourcesOf(text)).effective;
    const { newText, diff } = plan(text, shown);
    expect(newText).toBe(text);
    expect([diff.applied, diff.needsRestart]).toEqual([[], []]);
  });
});

const EVERYTHING = `profile = hardened
listeners {
  ssl { bind = 1, keyfile = k, certfile = c, key_password = p, cacertfile = a, verify_peer = true, x.bind = 2 }
  ws { bind = 3, origins = ["https://a.example"], y { bind = 4, proxy_protocol = true, proxy_protocol_sources = "::1" } }
  wss { z { bind = 5, certfile = c2, keyfile = k2 } }
  unix { path = s, mode = 0600 }
}
auth {
  password { bob = x, "a.b" = 007 }
  acl.rules = [{ permit = allow, or = [{ username = u }, { ipaddr = 10.0.0.1 }], topics = ["a/\${clientid}"] }]
  http_auth { auth_req { url = "http://u:p@h", headers { X-A = b }, params.u = "%u" }, cache_ttl = 1m }
  jwt.jwksfile = j
}
mqtt.flapping.window = 2m
`;

describe('listeners, access and profile', () => {
  it('of everything they show, everything can be written back and nothing changes', () => {
    const { newText, diff } = plan(EVERYTHING, loadConfig(sourcesOf(EVERYTHING)).effective);
    expect(newText).toBe(EVERYTHING);
    expect([diff.applied, diff.needsRestart]).toEqual([[], []]);
  });

  it('a whole configuration can be written into an empty file', () => {
    const { effective } = loadConfig(sourcesOf(EVERYTHING));
    const { loaded } = plan('', effective);
    expect(loaded.effective).toEqual(effective);
  });

  it.each<[string, Wishes, string]>([
    ['a certificate', { 'listeners.ssl.certfile': 'c3' }, 'certfile = "c3"'],
    ['a listener more', { 'listeners.wss.w.bind': '0.0.0.0:6/m' }, 'w.bind = "0.0.0.0:6/m"'],
    ['a limit', { 'mqtt.max_byte_rate': 2048 }, 'mqtt.max_byte_rate = 2KB'],
    ['what the profile sets', { 'auth.no_match': 'allow' }, 'no_match = "allow"'],
    ['a list', { 'listeners.ws.origins': [] }, 'origins = []'],
  ])('%s is written where it belongs, and back again', (_, wishes, expected) => {
    const changed = plan(EVERYTHING, wishes);
    expect(changed.newText).toContain(expected);
    const shown = loadConfig(sourcesOf(EVERYTHING)).effective;
    // A listener that was not there goes as a whole: its address alone cannot.
    const back = Object.fromEntries(
      Object.keys(wishes).map((key) => [key.replace('.w.bind', '.w'), effectiveAt(shown, key.split('.'))]),
    );
    expect(plan(changed.newText, back).loaded.effective).toEqual(shown);
  });
});

describe('a refusal names every setting, and says that nothing stands anywhere yet', () => {
  it.each<[string, Wishes, readonly (readonly [string, string])[]]>([
    ['a wrong type', { 'mqtt.max_mqueue_len': 'many' }, [['VALUE_INVALID', 'mqtt.max_mqueue_len']]],
    ['out of range', { 'http_server.port': 65_536 }, [['VALUE_OUT_OF_RANGE', 'http_server.port']]],
    [
      'several',
      { 'mqtt.max_mqueue_len': -1, 'log.level': 'loud', 'auth.allow_anonymous': 1 },
      [
        ['VALUE_OUT_OF_RANGE', 'mqtt.max_mqueue_len'],
        ['VALUE_INVALID', 'auth.allow_anonymous'],
        ['VALUE_INVALID', 'log.level'],
      ],
    ],
    [
      'unknown keys',
      { 'mqtt.max_mqueu_len': 1, 'no.such': 1, mqtt: 5, 'listeners.tcp.bnid': 'x' },
      [
        ['KEY_UNKNOWN', 'mqtt.max_mqueu_len'],
        ['KEY_UNKNOWN', 'no.such'],
        ['KEY_UNKNOWN', 'mqtt'],
        ['KEY_UNKNOWN', 'listeners.tcp.bnid'],
      ],
    ],
    ['a refused name', { 'auth.password.__proto__': 'x' }, [['KEY_FORBIDDEN', 'auth.password.__proto__']]],
    ['a text no number can be', { 'system.parallel': '${HOME}' }, [['VALUE_INVALID', 'system.parallel']]],
    [
      'what does not fit together',
      { 'http_server.auth_type': 'jwt', 'http_server.enable': true },
      [['SETTING_MISSING', 'http_server.jwt.public.keyfile']],
    ],
    ['two listeners of one address', { 'listeners.tcp.x.bind': '0.0.0.0:1883' }, [['LISTENER_DUPLICATE', 'undefined']]],
  ])('%s', (_, wishes, expected) => {
    try {
      plan('# c\n', wishes);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      expect(error.problems.map(({ code, key }) => [code, String(key)])).toEqual(expected);
      return;
    }
    throw new Error('nothing was refused');
  });

  it('with the nearest key, and without a secret', () => {
    expect(() => plan('', { 'mqtt.max_mqueu_len': 1 })).toThrow(
      /^requested change: .*did you mean mqtt\.max_mqueue_len\?/,
    );
    expect(() => plan('', { 'http_server.jwt.secret': 'geheim' })).toThrow(/^(?!.*geheim)/);
  });

  it('a file with faults of its own is not changed', () => {
    expect(() => plan('mqtt.max_mqueue_len = x', { 'mqtt.max_mqueue_len': 5 })).toThrow(/<text>:1:23.*VALUE_INVALID/);
  });
});

describe('environment and flags go on overriding the file', () => {
  it.each<[string, string, EffectiveValue, Partial<ConfigSources>, string]>([
    ['a variable', 'mqtt.max_mqueue_len', 7, { env: { NANOMQ_MSQ_LEN: '9' } }, 'env'],
    ['--url of another kind', 'listeners.ws.bind', '1.1.1.1:1/x', { flags: { urls: ['nmq-ws://h:1'] } }, 'flag'],
    ['a variable with the very value', 'mqtt.max_mqueue_len', 9, { env: { NANOMQ_MSQ_LEN: '9' } }, 'env'],
    ['a flag', 'log.level', 'info', { flags: { logLevel: 'trace' } }, 'flag'],
    ['--url', 'listeners.tcp.bind', '1.1.1.1:1', { flags: { urls: ['nmq-tcp://h:1'] } }, 'flag'],
    [
      '--url, for every TCP listener',
      'listeners.tcp.x.bind',
      '1.1.1.1:1',
      { flags: { urls: ['nmq-tcp://h:1'] } },
      'flag',
    ],
  ])('%s: written, reported with what decides', (_, key, value, more, kind) => {
    const { newText, overridden, loaded } = plan('# c\n', { [key]: value }, more);
    expect(overridden).toEqual([{ path: key, origin: expect.objectContaining({ kind }) }]);
    expect(newText).toContain(`${key} = `);
    expect(loaded.config).toEqual(loadConfig(sourcesOf('', more)).config);
    expect(effectiveAt(loadConfig(sourcesOf(newText)).effective, key.split('.'))).toBe(value);
  });
});

describe('what nobody asked for stays as it is', () => {
  it.each<[string, string, Wishes, string, EffectiveValue]>([
    ['secure WebSocket stays off by a first key', '', { 'listeners.wss.keyfile': 'k' }, 'listeners.wss.enable', false],
    [
      'WebSocket on its default address beside a first named one',
      'listeners.ws {}',
      { 'listeners.ws.x.bind': '0.0.0.0:1/mqtt' },
      'listeners.ws.enable',
      true,
    ],
    [
      'the default of secure WebSocket, whatever a named one says',
      'listeners { ssl { bind = 1, keyfile = k, certfile = c }, wss { x.bind = 2 } }',
      { 'listeners.wss.x.verify_peer': true, 'listeners.ssl.cacertfile': 'a' },
      'listeners.wss.verify_peer',
      false,
    ],
    ['TCP 1883 beside a first TLS key', '', { 'listeners.ssl.bind': '0.0.0.0:8883' }, 'listeners.tcp.enable', true],
    ['TLS stays off by a first key of its own', '', { 'listeners.ssl.keyfile': 'k' }, 'listeners.ssl.enable', false],
    [
      'TCP 1883 beside a first named listener',
      '',
      { 'listeners.tcp.x.bind': '0.0.0.0:1' },
      'listeners.tcp.enable',
      true,
    ],
    ['the HTTP API stays off by a first key', '', { 'http_server.port': 81 }, 'http_server.enable', false],
    [
      'an order to open TCP',
      'listeners {}',
      { 'listeners.tcp.enable': true, 'listeners.tcp.bind': '0.0.0.0:1' },
      'listeners.tcp.enable',
      true,
    ],
    [
      'an address opens a closed TCP',
      'listeners {}',
      { 'listeners.tcp.bind': '0.0.0.0:1' },
      'listeners.tcp.enable',
      true,
    ],
    [
      'users are looked at, also when the last of them goes',
      'auth.password.bob = x',
      { 'auth.password.bob': undefined },
      'auth.enable',
      true,
    ],
    ['the first user turns that on', '', { 'auth.password.bob': 'x' }, 'auth.enable', true],
    [
      'users that nobody looks at',
      'auth.enable = false\nauth.password.bob = x',
      { 'auth.password.bob': undefined },
      'auth.enable',
      false,
    ],
    ['an order to turn on', '', { 'http_server.port': 81, 'http_server.enable': true }, 'http_server.enable', true],
    ['an order to turn off', 'http_server {}', { 'http_server.enable': false }, 'http_server.enable', false],
    [
      'the loopback, when both are asked for',
      'http_server {}',
      { 'http_server.password': 'x', 'http_server.ip_addr': '127.0.0.1' },
      'http_server.ip_addr',
      '127.0.0.1',
    ],
  ])('%s', (_, text, wishes, key, expected) => {
    const { newText, loaded } = plan(text, wishes);
    expect(effectiveAt(loaded.effective, key.split('.'))).toBe(expected);
    expect(loadConfig(sourcesOf(newText)).config).toEqual(loaded.config);
    for (const [wished, value] of Object.entries(wishes)) {
      expect(effectiveAt(loaded.effective, wished.split('.'))).toBe(value);
    }
  });

  it('another password opens the API to the network after a restart, and the report says so', () => {
    const { diff } = plan('http_server {}', { 'http_server.password': 'x' });
    expect(diff).toMatchObject({ applied: ['http_server.password'], needsRestart: ['http_server.ip_addr'] });
  });
});

describe('a file', () => {
  let cwd: string;
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'nanomq-plan-'));
  });
  afterEach(() => rmSync(cwd, { recursive: true }));
  const sources = (): ConfigSources => ({ file: 'n.conf', env: {}, flags: {}, cwd });

  it('is read byte for byte with its includes, and nothing is written', () => {
    const text = '\ufeffmqtt { include "inc.conf" }\r\nlog.level = info # c\r\n';
    writeFileSync(join(cwd, 'n.conf'), text);
    writeFileSync(join(cwd, 'inc.conf'), 'max_mqueue_len = 7, max_topic_alias = 8');
    const { newText, file, loaded } = changeConfig(
      sources(),
      changes({ 'mqtt.max_mqueue_len': 9, 'log.level': 'warn' }),
    );
    expect(file).toBe('n.conf');
    expect(newText).toBe('\ufeffmqtt { include "inc.conf" }\r\nlog.level = "warn" # c\r\nmqtt.max_mqueue_len = 9\r\n');
    expect(loaded.config.mqtt).toMatchObject({ queueLimitMessages: 9, maxTopicAlias: 8 });
    expect(readFileSync(join(cwd, 'n.conf'), 'utf8')).toBe(text);
    expect(readdirSync(cwd).toSorted()).toEqual(['inc.conf', 'n.conf']);
  });

  it('may be the one NANOMQ_CONF_PATH names', () => {
    writeFileSync(join(cwd, 'n.conf'), 'log.level = info\n');
    const plan = changeConfig({ ...sources(), file: undefined, env: { NANOMQ_CONF_PATH: 'n.conf' } }, []);
    expect(plan).toMatchObject({ file: 'n.conf', newText: 'log.level = info\n' });
  });

  it.each<[string, () => void, string]>([
    ['is missing', () => {}, 'FILE_UNREADABLE'],
    ['is a pipe', () => void execFileSync('mkfifo', [join(cwd, 'n.conf')]), 'FILE_UNREADABLE'],
    ['is not UTF-8', () => writeFileSync(join(cwd, 'n.conf'), Buffer.from([0x61, 0xff])), 'FILE_NOT_UTF8'],
  ])('that %s cannot be changed', (_, make, code) => {
    make();
    expect(() => changeConfig(sources(), [])).toThrow(expect.objectContaining({ code }));
  });
});
