import { expect, it } from 'vitest';
import { effectiveAt } from '../src/effective-tree.ts';
import { loadConfig } from '../src/load-config.ts';

const SECRET = '12345678901234567890123456789012';

const load = (text: string, env: Record<string, string> = {}) =>
  loadConfig({ text, file: 'c', env, flags: {}, cwd: '/nonexistent' });
const httpServer = (text: string, env?: Record<string, string>) => load(text, env).config.httpServer;

it('without the section there is no HTTP API', () => {
  expect(httpServer('')).toBeNull();
});

it('the empty section turns it on with the documented defaults, on the loopback only', () => {
  expect(httpServer('http_server {}')).toEqual({
    host: '127.0.0.1',
    port: 8081,
    username: 'admin',
    password: 'public',
    authType: 'basic',
    maxConcurrentRequests: 32,
    maxBodyBytes: 1_048_576,
    jwt: null,
    redactSecrets: false,
    isLoopbackByDefault: true,
  });
});

it.each<[string, string, Record<string, string>, boolean]>([
  ['enable = true', 'http_server.enable = true', {}, true],
  ['enable = false', 'http_server { enable = false, port = 1 }', {}, false],
  ['any key of it', 'http_server.port = 1', {}, true],
  ['null counts as not set', 'http_server = null', {}, false],
  ['the variable', '', { NANOMQ_HTTP_SERVER_ENABLE: 'true' }, true],
  ['the variable over the section', 'http_server {}', { NANOMQ_HTTP_SERVER_ENABLE: 'false' }, false],
  ['a variable for another key turns nothing on', '', { NANOMQ_HTTP_SERVER_PORT: '8080' }, false],
])('on or off: %s', (_, text, env, expected) => {
  const { config, effective } = load(text, env);
  expect(config.httpServer !== null).toBe(expected);
  expect(effectiveAt(effective, ['http_server', 'enable'])).toBe(expected);
});

it.each<[string, string, string, boolean]>([
  ['both defaults', '', '127.0.0.1', true],
  ['another password', 'password = x', '0.0.0.0', false],
  ['another user', 'username = x', '0.0.0.0', false],
  ['the defaults written out', 'username = admin, password = public', '127.0.0.1', true],
  ['an address', 'ip_addr = 0.0.0.0', '0.0.0.0', false],
  ['an IPv6 address in brackets', 'ip_addr = "[::1]"', '::1', false],
  ['no_auth even with another password', 'password = x, auth_type = no_auth', '127.0.0.1', true],
  ['no_auth and an address', 'auth_type = no_auth, ip_addr = 10.0.0.1', '10.0.0.1', false],
])(
  'listens on the loopback while anybody could get in, unless told where: %s',
  (_, keys, host, isLoopbackByDefault) => {
    const { config, effective } = load(`http_server { ${keys} }`);
    expect(config.httpServer).toMatchObject({ host, isLoopbackByDefault });
    expect(effectiveAt(effective, ['http_server', 'ip_addr'])).toBe(host);
  },
);

it.each<[string, string, object]>([
  ['a key file: RS256', 'public.keyfile = "k.pem"', { algorithm: 'RS256', keyFile: 'k.pem', secret: null }],
  ['a secret: HS256', `secret = "${SECRET}"`, { algorithm: 'HS256', keyFile: null, secret: SECRET }],
  ['both: RS256', `secret = "${SECRET}", public.keyfile = k`, { algorithm: 'RS256', keyFile: 'k', secret: SECRET }],
  ['case does not matter', 'algorithm = eddsa, public.keyfile = k', { algorithm: 'EdDSA', keyFile: 'k', secret: null }],
])('pins one algorithm with %s', (_, jwt, expected) => {
  const { config, effective } = load(`http_server { auth_type = jwt, jwt { ${jwt} } }`);
  expect(config.httpServer?.jwt).toEqual(expected);
  expect(effectiveAt(effective, ['http_server', 'jwt'])).toMatchObject({
    algorithm: config.httpServer?.jwt?.algorithm,
  });
});

it.each<[string, string, string]>([
  [
    'jwt without a key',
    'auth_type = jwt',
    'c:1:27: http_server.jwt.public.keyfile: a setting is missing.*SETTING_MISSING',
  ],
  [
    'HS256 without a secret',
    'auth_type = jwt, jwt { algorithm = HS256, public.keyfile = k }',
    'http_server.jwt.secret: a setting is missing.*SETTING_MISSING',
  ],
  ['a short secret', 'jwt.secret = "short"', 'at least 32 bytes .VALUE_OUT_OF_RANGE'],
  ['an unknown algorithm', 'jwt.algorithm = none', 'RS256, ES256, EdDSA, HS256 .VALUE_INVALID'],
  ['a port over 65535', 'port = 65536', 'from 0 to 65535 .VALUE_OUT_OF_RANGE'],
  ['a port that is none', 'port = http', 'VALUE_INVALID'],
  ['an address with a port', 'ip_addr = "0.0.0.0:8081"', 'without port.*VALUE_INVALID'],
  ['an empty user', 'username = ""', 'VALUE_INVALID'],
  ['a user with a colon, which Basic cannot carry', 'username = "a:b"', 'VALUE_INVALID'],
  ['an empty password', 'password = ""', 'VALUE_INVALID'],
  ['an unknown auth_type', 'auth_type = digest', 'basic, jwt, no_auth .VALUE_INVALID'],
  ['a body of nothing', 'max_body = 0', 'VALUE_OUT_OF_RANGE'],
])('refuses %s', (_, keys, expected) => {
  expect(() => load(`http_server { ${keys} }`)).toThrow(new RegExp(expected));
});

it('a wrong secret is never repeated', () => {
  expect(() => load('http_server.jwt.secret = geheim')).toThrow(/^(?!.*geheim).*found a string/);
});

it('jwt without a key is no fault while the API is off', () => {
  expect(httpServer('http_server { enable = false, auth_type = jwt }')).toBeNull();
});

it.each<[string, Record<string, string>, object]>([
  ['address', { NANOMQ_HTTP_SERVER_URL: 'http://10.1.1.1' }, { host: '10.1.1.1' }],
  ['port', { NANOMQ_HTTP_SERVER_PORT: '81' }, { port: 81 }],
  ['login', { NANOMQ_HTTP_SERVER_USERNAME: 'u', NANOMQ_HTTP_SERVER_PASSWORD: 'p' }, { username: 'u', password: 'p' }],
  ['requests at once', { NANOMQ_HTTP_SERVER_PARALLEL: '7' }, { maxConcurrentRequests: 7 }],
  ['systematic name', { NANOMQ_HTTP_SERVER__REDACT_SECRETS: 'true' }, { redactSecrets: true }],
  [
    'token',
    { NANOMQ_HTTP_SERVER_AUTH_TYPE: 'jwt', NANOMQ_HTTP_SERVER_JWT_PUBLIC_KEYFILE: 'k.pub' },
    { authType: 'jwt', jwt: { algorithm: 'RS256', keyFile: 'k.pub', secret: null } },
  ],
])('takes the variables of NanoMQ: %s', (_, env, expected) => {
  expect(httpServer('http_server {}', env)).toMatchObject(expected);
});
