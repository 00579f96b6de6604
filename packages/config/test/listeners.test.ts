import { expect, it } from 'vitest';
import { ConfigError } from '../src/config-error.ts';
import { type ConfigSources, loadConfig } from '../src/load-config.ts';

const load = (text: string, more: Partial<ConfigSources> = {}) =>
  loadConfig({ text, file: 'c', env: {}, flags: {}, cwd: '/nonexistent', ...more });
const listeners = (text: string, more?: Partial<ConfigSources>) => load(text, more).config.listeners;
const brief = (text: string, more?: Partial<ConfigSources>) =>
  Object.entries(listeners(text, more)).flatMap(([kind, all]) =>
    (all as readonly { name: string; enable: boolean; port?: number; path?: string }[]).map(
      ({ name, enable, port, path }) => `${kind} ${name} ${port ?? path}${enable ? '' : ' closed'}`,
    ),
  );

const TLS = 'keyfile = k, certfile = c';

it.each<[string, string, Partial<ConfigSources>, readonly string[]]>([
  ['nothing: TCP alone', '', {}, ['tcp default 1883']],
  ['a section opens its default address', 'listeners { ws {}, tcp {} }', {}, ['tcp default 1883', 'ws default 8083']],
  ['secure WebSocket with certificates of its own', `listeners.wss { ${TLS} }`, {}, ['wss default 8086']],
  ['enable = false keeps it closed', `listeners { ssl { bind = 1, enable = false }, ws.enable = no }`, {}, []],
  ['only named ones: the unnamed stays closed', 'listeners.ws.a.bind = "1/x"', {}, ['ws a 1']],
  [
    'the unnamed beside named ones when its address is set',
    'listeners.ws { bind = 2, a { bind = 1, enable = false } }',
    {},
    ['ws default 2', 'ws a 1 closed'],
  ],
  ['or when it is told to listen', 'listeners.ws { enable = true, a.bind = 1 }', {}, ['ws default 8083', 'ws a 1']],
  ['a Unix socket', 'listeners.unix { path = "/s", x.path = "/t" }', {}, ['unix default /s', 'unix x /t']],
  [
    'by variables, beside TCP',
    '',
    {
      env: {
        NANOMQ_TLS_ENABLE: 'true',
        NANOMQ_TLS_URL: 'tls+nmq-tcp://0.0.0.0:8883',
        NANOMQ_TLS_KEY_PATH: 'k',
        NANOMQ_TLS_CERT_PATH: 'c',
        NANOMQ_WEBSOCKET_ENABLE: 'true',
        NANOMQ_WEBSOCKET_URL: 'nmq-ws://0.0.0.0:80/m',
        NANOMQ_WEBSOCKET_TLS_ENABLE: 'true',
      },
    },
    ['tcp default 1883', 'ssl default 8883', 'ws default 80', 'wss default 8086'],
  ],
  [
    'flags replace TCP and those of their kind, and leave the others',
    `listeners { tcp.a.bind = 1, ssl { bind = 2, ${TLS}, b.bind = 3 }, ws { bind = 4, c.bind = 5 } }`,
    { flags: { urls: ['tls+nmq-tcp://h:7', 'tls+nmq-tcp://h:8'] } },
    ['tcp default 1883 closed', 'ssl default 7', 'ssl url-2 8', 'ws default 4', 'ws c 5'],
  ],
  [
    'no TCP beside a flag, without a file',
    '',
    { flags: { urls: ['nmq-ws://h:1'] } },
    ['tcp default 1883 closed', 'ws default 1'],
  ],
  [
    'flags of every kind',
    `listeners.ssl { enable = false, ${TLS} }`,
    { flags: { urls: ['nmq-wss://h:7/x', 'nmq-ws://h:8', 'nmq-tcp://h:9'] } },
    ['tcp default 9', 'ws default 8', 'wss default 7'],
  ],
])('opens: %s', (_, text, more, expected) => {
  expect(brief(text, more)).toEqual(expected);
});

it('everything about a TLS listener is in its options', () => {
  const text = `listeners.ssl { bind = "127.0.0.1:8883", ${TLS}, key_password = p, cacertfile = a, crlfile = r
    verify_peer = true, fail_if_no_peer_cert = true, tls_min_version = TLSv1.3, max_handshakes = 7
    handshake_timeout = 3s, proxy_protocol = true, proxy_protocol_sources = ["10.0.0.0/8", "::1"] }`;
  expect(listeners(text).ssl).toEqual([
    {
      name: 'default',
      host: '127.0.0.1',
      port: 8883,
      enable: true,
      handshakeTimeoutMs: 3000,
      proxyProtocol: { trustedSources: ['10.0.0.0/8', '::1'] },
      maxHandshakes: 7,
      tls: {
        certFile: 'c',
        keyFile: 'k',
        keyPassword: 'p',
        caFile: 'a',
        crlFile: 'r',
        verifyPeer: true,
        failIfNoPeerCert: true,
        minVersion: 'TLSv1.3',
        maxVersion: 'TLSv1.3',
      },
    },
  ]);
});

it('everything about a WebSocket listener is in its options', () => {
  const text = 'listeners.ws { bind = ":80/m", origins = ["https://A.example:443", "http://localhost:3000"] }';
  expect(listeners(text).ws[0]).toMatchObject({
    port: 80,
    webSocket: { path: '/m', origins: ['https://a.example', 'http://localhost:3000'] },
  });
  expect(listeners('listeners.ws.origins = []').ws[0]?.webSocket).toEqual({ path: '/mqtt', origins: [] });
  expect(listeners('listeners.ws {}').ws[0]?.webSocket).toEqual({ path: '/mqtt' });
});

it('a Unix socket has permissions, and a proxy behind it needs no address', () => {
  expect(listeners('listeners.unix { path = s, mode = 0600, proxy_protocol = true }').unix).toEqual([
    {
      name: 'default',
      path: 's',
      enable: true,
      mode: 0o600,
      handshakeTimeoutMs: 10_000,
      proxyProtocol: { trustedSources: [] },
    },
  ]);
});

const SSL = `bind = 1, ${TLS}, key_password = p, cacertfile = a, crlfile = r, verify_peer = true`;

it.each<[string, string, 'ssl' | 'wss', number, object]>([
  [
    'secure WebSocket takes all from ssl',
    `listeners { ssl { ${SSL} }, wss {} }`,
    'wss',
    0,
    { keyFile: 'k', certFile: 'c', keyPassword: 'p', caFile: 'a', crlFile: 'r', verifyPeer: true },
  ],
  [
    'also when ssl itself is off',
    `listeners { ssl { enable = false, ${SSL} }, wss {} }`,
    'wss',
    0,
    { keyFile: 'k', verifyPeer: true },
  ],
  [
    'its own certificate takes no password from ssl, and the rules stay',
    `listeners { ssl { ${SSL} }, wss { keyfile = k2, certfile = c2 } }`,
    'wss',
    0,
    {
      keyFile: 'k2',
      certFile: 'c2',
      caFile: 'a',
      crlFile: 'r',
      verifyPeer: true,
      failIfNoPeerCert: false,
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.3',
    },
  ],
  [
    'its own authority takes no list of revoked ones from ssl',
    `listeners { ssl { ${SSL} }, wss { cacertfile = a2, verify_peer = false } }`,
    'wss',
    0,
    {
      keyFile: 'k',
      certFile: 'c',
      keyPassword: 'p',
      caFile: 'a2',
      verifyPeer: false,
      failIfNoPeerCert: false,
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.3',
    },
  ],
  ['a named one', `listeners.ssl { ${SSL}, x.bind = 2 }`, 'ssl', 1, { keyFile: 'k', verifyPeer: true }],
])('certificates: %s', (_, text, kind, index, expected) => {
  const found = listeners(text)[kind][index]?.tls;
  if (Object.keys(expected).length > 6) expect(found).toEqual(expected);
  else expect(found).toMatchObject(expected);
});

it.each<[string, string, string]>([
  ['ssl without address', `listeners.ssl { ${TLS} }`, 'c:1:1: listeners.ssl.bind: a setting is missing'],
  ['ssl without key', 'listeners.ssl { bind = 1, certfile = c }', 'listeners.ssl.keyfile: a setting is missing'],
  [
    'ssl without certificate',
    'listeners.ssl { bind = 1, keyfile = k }',
    'listeners.ssl.certfile: a setting is missing',
  ],
  ['wss without any', 'listeners.wss {}', 'listeners.wss.certfile: a setting is missing'],
  ['a named one without any', 'listeners.wss.x.bind = 1', 'c:1:24: listeners.wss.x.certfile: a setting is missing'],
  [
    'clients to verify without an authority',
    `listeners.ssl { bind = 1, ${TLS}, verify_peer = true }`,
    'listeners.ssl.cacertfile: a setting is missing: verify_peer needs it',
  ],
  [
    'versions that exclude each other',
    `listeners.ssl { bind = 1, ${TLS}, tls_min_version = 1.3, tls_max_version = 1.2 }`,
    'listeners.ssl.tls_max_version: the value has the wrong type: it is below tls_min_version',
  ],
  ['a version that is broken', `listeners.ssl.tls_min_version = 1.1`, 'allowed: one of 1.2, 1.3'],
  [
    'a proxy from anywhere',
    'listeners.tcp.proxy_protocol = true',
    'listeners.tcp.proxy_protocol_sources: a setting is missing',
  ],
  [
    'a network that is none',
    'listeners.tcp.proxy_protocol_sources = ["10.0.0.0/33"]',
    'allowed: a list of IP addresses',
  ],
  ['a host name as network', 'listeners.tcp.proxy_protocol_sources = [proxy]', 'allowed: a list of IP addresses'],
  ['an origin with a path', 'listeners.ws.origins = ["https://a.example/x"]', 'allowed: a list of origins'],
  ['an origin with a wildcard', 'listeners.ws.origins = ["https://*.example"]', 'allowed: a list of origins'],
  ['an origin without scheme', 'listeners.ws.origins = ["a.example"]', 'allowed: a list of origins'],
  ['a socket with a path too long', `listeners.unix.path = "/${'x'.repeat(107)}"`, 'allowed: a path of 1 to 107 bytes'],
  ['a socket without path', 'listeners.unix {}', 'listeners.unix.path: a setting is missing'],
  ['permissions that are none', 'listeners.unix { path = s, mode = 888 }', 'allowed: three octal digits'],
  [
    'one address for two kinds',
    'listeners { tcp.bind = 1, ws.bind = 1 }',
    'two listeners have the same name or address',
  ],
  ['one socket for two', 'listeners.unix { path = s, x.path = s }', 'socket s'],
  [
    'certificates that no file brings to a flag',
    'listeners { tcp {} }',
    'flag --url: listeners.ssl.certfile: a setting is missing',
  ],
])('refuses %s', (name, text, expected) => {
  const urls = name.endsWith('a flag') ? ['tls+nmq-tcp://h:1'] : [];
  expect(() => load(text, { flags: { urls } })).toThrow(ConfigError);
  expect(() => load(text, { flags: { urls } })).toThrow(expected);
});

it('what is closed may lack what it needs', () => {
  expect(brief('listeners { ssl { enable = false }, wss.x { bind = 1, enable = false } }')).toEqual(['wss x 1 closed']);
});

it('warns that nobody is asked for a certificate', () => {
  const { warnings } = load(`listeners.ssl { bind = 1, ${TLS}, fail_if_no_peer_cert = true }`);
  expect(warnings).toEqual([
    { code: 'NO_EFFECT', origin: expect.objectContaining({ line: 1, column: 77 }), message: expect.any(String) },
  ]);
});
