import { expect, it } from 'vitest';
import { effectiveAt } from '../src/effective-tree.ts';
import { loadConfig } from '../src/load-config.ts';
import { KEY_TABLE } from '../src/schema/key-table.ts';

const load = (text: string, env: Record<string, string> = {}) =>
  loadConfig({ text, file: 'c', env, flags: {}, cwd: '/nonexistent' });
const shown = (text: string, key: string) => effectiveAt(load(text).effective, key.split('.'));

const TLS = 'keyfile = k, certfile = c';

const CHECKED = KEY_TABLE.filter((entry) => entry.isChecked && !entry.path.includes('<name>'));

it.each(CHECKED.map(({ key, path }) => [key, path] as const))('%s stands there when nobody set it', (_, path) => {
  expect(effectiveAt(load('').effective, path)).not.toBeUndefined();
});

it.each<[string, string, string, unknown]>([
  ['a duration in milliseconds', 'mqtt.retry_interval = 1m', 'mqtt.retry_interval', 60_000],
  ['a size in bytes', 'mqtt.max_packet_size = 1MB', 'mqtt.max_packet_size', 1_048_576],
  ['an address', 'listeners.tcp.bind = 1884', 'listeners.tcp.bind', '0.0.0.0:1884'],
  ['an IPv6 address', 'listeners.tcp.bind = "[::]:1"', 'listeners.tcp.bind', '[::]:1'],
  ['an address with scheme', `listeners.ssl { bind = "tls+nmq-tcp://h:1", ${TLS} }`, 'listeners.ssl.bind', 'h:1'],
  ['an address with path', 'listeners.ws.bind = "nmq-ws://h:1/x"', 'listeners.ws.bind', 'h:1/x'],
  ['a list', 'log.to = [console, file]', 'log.to', ['console', 'file']],
  ['a default', '', 'system.parallel', 0],
  ['a default of a section nobody wrote', '', 'listeners.ws.bind', '0.0.0.0:8083/mqtt'],
  ['nothing set and no default', '', 'listeners.ssl.keyfile', null],
  ['a key of the operator', 'listeners.tcp.x.bind = 5', 'listeners.tcp.x.bind', '0.0.0.0:5'],
  ['a default beside a key of the operator', 'listeners.tcp.x.bind = 5', 'listeners.tcp.x.enable', true],
  ['the permissions of a socket', 'listeners.unix { path = p, mode = 0600 }', 'listeners.unix.mode', '600'],
  [
    'a version of TLS',
    `listeners.ssl { bind = 1, ${TLS}, tls_min_version = 1.3 }`,
    'listeners.ssl.tls_min_version',
    '1.3',
  ],
  [
    'what secure WebSocket takes from ssl',
    `listeners { ssl { bind = 1, ${TLS} }, wss {} }`,
    'listeners.wss.keyfile',
    'k',
  ],
  ['a key nobody checks, as found', 'webhook.pool_size = "x"', 'webhook.pool_size', 'x'],
  ['a key nobody checks, not set', '', 'webhook', undefined],
  ['a bridge with its defaults', 'bridges.mqtt.b {}', 'bridges.mqtt.b.keepalive', 60_000],
  ['a bridge without a client identifier', 'bridges.mqtt.b {}', 'bridges.mqtt.b.clientid', null],
  [
    'the topics of a bridge',
    'bridges.mqtt.b.subscription = [{ remote_topic = "a/#", local_topic = "", qos = "2", other = 1 }]',
    'bridges.mqtt.b.subscription',
    [{ remote_topic: 'a/#', local_topic: '', qos: 2, other: 1 }],
  ],
])('shows %s', (_, text, key, expected) => {
  expect(shown(text, key)).toEqual(expected);
});

it.each<[string, string, boolean]>([
  ['tcp without listeners', '', true],
  ['tcp beside others', 'listeners.ws.bind = 1', false],
  ['tcp with only named listeners', 'listeners.tcp.x.bind = 1', false],
  ['tcp switched off', 'listeners.tcp.enable = false', false],
])('listeners.tcp.enable tells whether 1883 is opened: %s', (_, text, expected) => {
  expect(shown(text, 'listeners.tcp.enable')).toBe(expected);
  expect(load(text).config.listeners.tcp.some(({ name, enable }) => name === 'default' && enable)).toBe(expected);
});

it.each(['listeners.ssl', 'listeners.ws', 'listeners.wss', 'http_server'])(
  '%s is on when it stands in the file',
  (key) => {
    const needed = key === 'http_server' ? '' : `bind = 1${key.endsWith('s') ? '' : `, ${TLS}`}`;
    expect(shown('', `${key}.enable`)).toBe(false);
    expect(shown(`${key} { ${key === 'listeners.wss' ? TLS : needed} }`, `${key}.enable`)).toBe(true);
    expect(shown(`${key}.enable = false`, `${key}.enable`)).toBe(false);
  },
);

it('a variable about TLS does not turn it on', () => {
  const { effective } = load('', { NANOMQ_TLS_KEY_PATH: 'k' });
  expect(effectiveAt(effective, ['listeners', 'ssl'])).toMatchObject({ enable: false, keyfile: 'k' });
});

it('is plain frozen JSON', () => {
  const { effective } = load('bridges.mqtt.b.forwards = [{ qos = 1 }]\nlisteners { ws {} }');
  expect(JSON.parse(JSON.stringify(effective))).toEqual(effective);
  expect(Object.isFrozen(effectiveAt(effective, ['bridges', 'mqtt', 'b', 'forwards']))).toBe(true);
});
