import { expect, it } from 'vitest';
import { effectiveAt } from '../src/effective-tree.ts';
import { type ConfigSources, loadConfig } from '../src/load-config.ts';
import { KEY_TABLE } from '../src/schema/key-table.ts';

function load(text: string, more: Partial<ConfigSources> = {}) {
  return loadConfig({ text, env: {}, flags: {}, cwd: '/nonexistent', ...more });
}

/** For each type, or key, a value that is not the default; a checked key without a row here fails the test. */
const CHANGED: Readonly<Record<string, string>> = {
  number: '7',
  duration: '7s',
  size: '7KB',
  text: 'seven',
  host: '10.0.0.7',
  address: '77',
  'address/path': '77/x',
  'true or false': 'true',
  'list of networks': '["10.0.0.7", "10.0.0.0/8"]',
  'list of origins': '["https://seven.example"]',
  'listeners.tcp.enable': 'false',
  'listeners.ssl.enable': 'false',
  'listeners.ws.enable': 'false',
  'listeners.wss.enable': 'false',
  'listeners.unix.enable': 'false',
  'listeners.tcp.<name>.enable': 'false',
  'listeners.ssl.<name>.enable': 'false',
  'listeners.ws.<name>.enable': 'false',
  'listeners.wss.<name>.enable': 'false',
  'listeners.unix.<name>.enable': 'false',
  'listeners.unix.mode': '600',
  'listeners.unix.<name>.mode': '600',
  tls_min_version: '1.3',
  tls_max_version: '1.2',
  'list of rules': '[{ permit = deny }]',
  profile: 'hardened',
  URL: '"http://h/seven"',
  'auth.enable': 'false',
  'auth.no_match': 'deny',
  'auth.deny_action': 'disconnect',
  'auth.peer_cert_as_username': 'cn',
  'auth.acl.enable': 'false',
  'auth.http_auth.enable': 'false',
  'auth.jwt.enable': 'false',
  'auth.jwt.algorithm': 'HS384',
  'auth.jwt.secret': '"1234567890123456789012345678901234567890123456789012345678901234"',
  method: 'GET',
  'mqtt.shared_subscription_strategy': 'sticky',
  'auth.allow_anonymous': 'false',
  'list of URLs': '["wss://h/seven"]',
  section: '{ a = b }',
  forwards: '[{ remote_topic = "", local_topic = a }]',
  subscription: '[{ remote_topic = a, local_topic = "" }]',
  'bridges.mqtt.<name>.server': '"mqtt-tcp://h:7"',
  'bridges.mqtt.<name>.enable': 'false',
  'bridges.mqtt.<name>.proto_ver': '5',
  'bridges.mqtt.<name>.clean_start': 'false',
  'bridges.mqtt.<name>.no_local_v4': 'false',
  'bridges.mqtt.<name>.ssl.verify_peer': 'false',
  'bridges.mqtt.<name>.tcp.nodelay': 'false',
  'bridges.mqtt.<name>.conn_properties.request_problem_infomation': 'false',
  'bridges.mqtt.<name>.conn_properties.request_problem_information': 'false',
  'bridges.mqtt.<name>.will.qos': '1',
  'bridges.mqtt.<name>.will.properties.payload_format_indicator': '1',
  'system.batch_scheduling': 'false',
  'log.to': '[file]',
  'log.level': 'info',
  'http_server.enable': 'false',
  'http_server.auth_type': 'no_auth',
  'http_server.jwt.algorithm': 'ES256',
  'http_server.jwt.secret': '12345678901234567890123456789012',
};

const TLS = 'keyfile = k, certfile = c, cacertfile = a, crlfile = r';
const PROXY = 'proxy_protocol_sources = "10.0.0.1"';

/** Every listener there can be, each with all it needs. */
const LISTENERS = `listeners {
  tcp { bind = 1, ${PROXY}, seven { bind = 2, ${PROXY} } }
  ssl { bind = 3, ${TLS}, ${PROXY}, seven { bind = 4, ${TLS}, ${PROXY} } }
  ws { bind = 7, ${PROXY}, seven { bind = 5, ${PROXY} } }
  wss { bind = 8, ${TLS}, ${PROXY}, seven { bind = 6, ${TLS}, ${PROXY} } }
  unix { path = a, seven.path = b }
}
`;

const AUTH = `auth {
  password.bob = b
  acl.rules = [{ permit = allow }]
  http_auth { auth_req.url = "http://h", super_req.url = "http://h", acl_req.url = "http://h" }
  jwt { algorithm = HS256, secret = "1234567890123456789012345678901234567890123456789012345678901234x" }
}
`;

/** A bridge that works; what the key stands beside, where it does nothing alone. */
function bridgeBase(key: string): string {
  const bridge = 'bridges.mqtt.seven';
  const server = key.endsWith('.server') ? '' : `${bridge}.server = "mqtt-tcp://h"\n`;
  if (key.endsWith('.hybrid_bridging')) return `${server}${bridge}.hybrid_servers = ["mqtt-tcp://i"]\n`;
  if (key.endsWith('.hybrid_servers')) return `${server}${bridge}.hybrid_bridging = true\n`;
  if (key.endsWith('.tcp.keepidle')) return `${server}${bridge}.tcp.keepalive = true\n`;
  if (key.endsWith('.will.topic')) return `${server}${bridge}.will.payload = p\n`;
  if (key.endsWith('.will.payload')) return `${server}${bridge}.will.topic = t\n`;
  return key.includes('.will.') ? `${server}${bridge}.will { topic = t, payload = p }\n` : server;
}

/** What must stand there for the key to matter. */
function baseOf(key: string): string {
  if (key.endsWith('.proxy_protocol_sources')) return `${LISTENERS}${key.replace(/_sources$/, '')} = true\n`;
  if (key.endsWith('.fail_if_no_peer_cert')) return `${LISTENERS}${key.replace(/[^.]*$/, '')}verify_peer = true\n`;
  if (key.startsWith('listeners.')) return LISTENERS;
  if (key === 'auth.peer_cert_as_username') return `${LISTENERS}listeners.ssl.verify_peer = true\n`;
  if (/^auth\.jwt\.(keyfile|jwksfile)$/.test(key)) return `auth.jwt { algorithm = ES256, ${key.slice(9)} = k }\n`;
  if (key.startsWith('bridges.mqtt.')) return bridgeBase(key);
  if (key.startsWith('auth.')) return AUTH;
  if (key.startsWith('http_server.jwt.')) return 'http_server { auth_type = jwt, jwt.public.keyfile = k }\n';
  return key.startsWith('http_server.') ? 'http_server {}\n' : '';
}

it.each(KEY_TABLE.filter((entry) => entry.status === 'used').map((entry) => [entry.key, entry] as const))(
  'the documented key %s is read: setting it changes the typed configuration',
  (written, entry) => {
    const key = written.replaceAll('<name>', 'seven');
    const base = baseOf(written).replaceAll('<name>', 'seven');
    const value = CHANGED[written] ?? CHANGED[entry.path.at(-1) ?? ''] ?? CHANGED[entry.type];
    const changed = load(`${base}${key} = ${value}`);
    expect(changed.warnings).toEqual([]);
    expect(changed.config).not.toEqual(load(base).config);
  },
);

it.each(KEY_TABLE.filter((entry) => entry.env !== undefined).map((entry) => [entry.env ?? '', entry] as const))(
  'NANOMQ_%s reaches its key',
  (env, entry) => {
    const value = CHANGED[entry.key]?.replaceAll(/[[\]]/g, '') ?? CHANGED[entry.type] ?? 'x';
    const { origins, warnings } = load(`${LISTENERS}listeners.ssl.verify_peer = true`, {
      env: { [`NANOMQ_${env}`]: value },
    });
    expect(origins.get(entry.key)).toEqual({ kind: 'env', name: `NANOMQ_${env}` });
    expect(warnings).toEqual([]);
  },
);

const UNUSED = KEY_TABLE.filter((entry) => entry.status !== 'used');

/** Warnings but those of whole sections, which `missing-parts.test.ts` is about. */
const beside = (warnings: readonly { readonly message: string }[]) =>
  warnings.filter(({ message }) => !message.includes(': is known, not yet used; '));

it.each(UNUSED.filter((entry) => !entry.isChecked).map((entry) => [entry.key] as const))(
  '%s is accepted, and at most its section warned of',
  (key) => {
    const path = key.replaceAll('<name>', 'any');
    const base = `listeners.tcp {}\n${path.startsWith('http_server') ? 'http_server {}' : ''}${path.startsWith('auth.') ? AUTH : ''}${path.startsWith('bridges.mqtt.') ? bridgeBase('').replaceAll('seven', 'any') : ''}\n`;
    const { warnings, config } = load(`${base}${path} = 1`);
    expect(beside(warnings)).toEqual([]);
    expect(config).toEqual(load(base).config);
  },
);

/** For each checked key nobody uses yet: a value it takes, in the file and in the effective tree; and one it does not. */
const CHECKED: Readonly<Record<string, readonly [string, unknown, string]>> = {
  'true or false': ['true', true, '1'],
  text: ['seven', 'seven', '[]'],
  duration: ['7s', 7000, '7'],
  address: ['"127.0.0.1:7"', '127.0.0.1:7', 'x'],
  'address/path': ['"[::1]:7"', '[::1]:7/mqtt', '7/ä'],
  URL: ['"tls+mqtt-tcp://h:1"', 'tls+mqtt-tcp://h:1', '"http://h:1"'],
  number: ['3', 3, 'x'],
  list: ['[{ remote_topic = "", local_topic = a, qos = 1 }]', [{ remote_topic: '', local_topic: 'a', qos: 1 }], '[1]'],
};

it.each(UNUSED.filter((entry) => entry.isChecked).map((entry) => [entry.key, entry] as const))(
  '%s is not used yet, but checked and readable',
  (key, { type }) => {
    const path = key.replaceAll('<name>', 'any').split('.');
    const [good, expected, bad] = CHECKED[type.startsWith('list of') ? 'list' : type] ?? [];
    const { warnings, config, effective } = load(`listeners.tcp {}\n${path.join('.')} = ${good}`);
    expect(beside(warnings)).toEqual([]);
    expect(config).toEqual(load('').config);
    expect(effectiveAt(effective, path)).toEqual(expected);
    expect(() => load(`${path.join('.')} = ${bad}`)).toThrow(/VALUE_INVALID/);
  },
);
