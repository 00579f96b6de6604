// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of rules look so
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { changeConfig } from '../src/edit/change-config.ts';
import { formatCheck } from '../src/format-check.ts';
import { loadConfig } from '../src/load-config.ts';

const load = (text: string) => loadConfig({ text, file: 'c', env: {}, flags: {}, cwd: '/nonexistent' });
const auth = (text: string) => load(text).config.auth;

it('the defaults let everybody in, as NanoMQ does, and ask nobody', () => {
  expect(auth('')).toEqual({
    allowAnonymous: true,
    usesPasswords: false,
    users: [],
    noMatch: 'allow',
    denyAction: 'ignore',
    acl: { enable: true, rules: [] },
    http: null,
    jwt: null,
    peerCertAsUsername: 'off',
    bindClientToUser: false,
    recheckRetained: false,
  });
});

it.each<[string, string, boolean, number]>([
  ['a user turns them on', 'auth.password { bob = x, "a.b" = 007 }', true, 2],
  ['a list that lost its users admits nobody', 'auth.password {}', true, 0],
  ['enable = false turns them off', 'auth { enable = false, password.bob = x }', false, 1],
  ['enable = true without any admits nobody', 'auth.enable = true', true, 0],
])('users: %s', (_, text, usesPasswords, count) => {
  expect(auth(text)).toMatchObject({ usesPasswords, users: { length: count } });
});

it('passwords are kept as written, hashes too', () => {
  expect(auth('auth.password { bob = 007, amy = "$7$101$c2FsdA==$aGFzaA==" }').users).toEqual([
    { username: 'bob', password: '007' },
    { username: 'amy', password: '$7$101$c2FsdA==$aGFzaA==' },
  ]);
  expect(() => load('auth.password.bob = ""')).toThrow(/^c:1:21: auth\.password\.bob: .*allowed: a text, not empty/);
});

it('each rule knows the file, line and column it stands at', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'nanomq-rules-'));
  try {
    const rules =
      '# c\nrules = [\n  {"permit": "deny", "username": "#", "topics": ["@#", "a/${clientid}/+"]}\n  {"permit": "Allow", "or": [{"clientid": "c1"}, {"ipaddr": "::1"}], "action": "publish"}\n]\n';
    writeFileSync(join(cwd, 'acl.conf'), rules);
    const text = 'auth {\n  acl = { include "acl.conf" }\n}';
    const found = loadConfig({ text, file: 'n.conf', env: {}, flags: {}, cwd });
    expect(found.config.auth.acl.rules).toEqual([
      {
        permit: 'deny',
        action: 'pubsub',
        username: '#',
        topics: ['@#', 'a/${clientid}/+'],
        source: { file: 'acl.conf', line: 3, column: 3 },
      },
      {
        permit: 'allow',
        action: 'publish',
        or: [{ clientid: 'c1' }, { ipaddr: '::1' }],
        source: { file: 'acl.conf', line: 4, column: 3 },
      },
    ]);
    for (const [content, expected] of [
      ['', /auth\.acl\.rules: a setting is missing/],
      ['rules = []', /^acl\.conf:1:9: auth\.acl\.rules: .*not empty/],
      ['rules = [{permit = allow', /^acl\.conf:1:/],
    ] as const) {
      writeFileSync(join(cwd, 'acl.conf'), content);
      expect(() => loadConfig({ text, file: 'n.conf', env: {}, flags: {}, cwd }), content).toThrow(expected);
    }
    rmSync(join(cwd, 'acl.conf'));
    expect(() => loadConfig({ text, file: 'n.conf', env: {}, flags: {}, cwd })).toThrow(/INCLUDE_MISSING/);
  } finally {
    rmSync(cwd, { recursive: true });
  }
});

it.each<[string, string, string]>([
  [
    'without permit',
    '{ username = a }',
    'c:2:2: auth.acl.rules.0.permit: the value has the wrong type: not set, allowed: one of allow, deny',
  ],
  [
    'with another permit',
    '{ permit = maybe }',
    'c:2:13: auth.acl.rules.0.permit: the value has the wrong type: found "maybe"',
  ],
  ['with another action', '{ permit = deny, action = all }', 'c:2:28: auth.acl.rules.0.action'],
  [
    'with a field that is not known',
    '{ permit = allow, usrname = a }',
    'c:2:30: auth.acl.rules.0.usrname: there is no such key',
  ],
  [
    'for several clients at once',
    '{ permit = allow, username = a, clientid = b }',
    'at most one of username, clientid',
  ],
  ['that is none', '5', 'c:2:2: auth.acl.rules.0: the value has the wrong type: found 5, allowed: a section'],
  ['with a wrong address', '{ permit = allow, ipaddr = 1.2.3 }', 'allowed: an IP address'],
  ['with a network as address', '{ permit = deny, ipaddr = "10.0.0.0/8" }', 'allowed: an IP address'],
  ['with a wrong network', '{ permit = allow, ipaddrs = ["10.0.0.0/33"] }', 'auth.acl.rules.0.ipaddrs.0'],
  [
    'with one condition of two',
    '{ permit = allow, or = [{ username = a, clientid = b }] }',
    'one of username, clientid, ipaddr in each',
  ],
  ['with no condition', '{ permit = allow, and = [] }', 'a list of conditions, not empty'],
  [
    'with a condition nobody knows',
    '{ permit = allow, and = [{ ip = a }] }',
    'auth.acl.rules.0.and.0.ip: there is no such key',
  ],
  ['with an empty name', '{ permit = allow, username = "" }', 'allowed: a text, not empty'],
  ['for no topic', '{ permit = deny, topics = [] }', 'a list of topic filters, not empty'],
  ['with a topic in place of a list', '{ permit = deny, topics = a }', 'a list of topic filters'],
  ['with # inside', '{ permit = deny, topics = ["a/#/b"] }', 'auth.acl.rules.0.topics.0'],
  ['with + in a level', '{ permit = deny, topics = ["a/b+"] }', 'auth.acl.rules.0.topics.0'],
  ['with an empty topic', '{ permit = deny, topics = ["@"] }', 'auth.acl.rules.0.topics.0'],
  ['with a placeholder nobody knows', '{ permit = allow, topics = ["a/${user}"] }', 'auth.acl.rules.0.topics.0'],
  [
    'with a placeholder that does not end',
    '{ permit = allow, topics = ["a/${clientid"] }',
    'auth.acl.rules.0.topics.0',
  ],
])('a rule %s refuses the whole configuration', (_, rule, expected) => {
  expect(() => load(`auth.acl.rules = [\n ${rule}]`)).toThrow(expected);
});

it('every wrong rule is told at once', () => {
  const run = () => load('auth.acl.rules = [{ permit = x }, { permit = allow }, { action = x, permit = deny }]');
  expect(run).toThrow(/rules\.0\.permit.*\n.*rules\.2\.action/);
});

it.each([
  ['many clients', '{ permit = allow, ipaddrs = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"] }'],
  ['exact text with wildcards', '{ permit = deny, topics = ["@a/#/b", "@+"] }'],
  ['a dollar sign', '{ permit = deny, topics = ["$SYS/#", "a$b"] }'],
])('takes a rule with %s', (_, rule) => {
  expect(auth(`auth.acl.rules = [${rule}]`).acl.rules).toHaveLength(1);
});

it('rules may be absent where they are not used', () => {
  expect(auth('auth.acl { enable = false }').acl).toEqual({ enable: false, rules: [] });
  expect(auth('auth.no_match = deny')).toMatchObject({ noMatch: 'deny', acl: { enable: true, rules: [] } });
});

it('http_auth has all its requests', () => {
  const text = `auth.http_auth { timeout = 2s, connect_timeout = 1s, pool_size = 4, cache_ttl = 1m
    auth_req { url = "http://h/auth", headers { Content-Type = "application/json" }, params { u = "%u", p = "%P" } }
    acl_req { url = "https://h/acl", method = get, params { t = "%t", a = "x%A" } } }`;
  expect(auth(text).http).toEqual({
    timeoutMs: 2000,
    connectTimeoutMs: 1000,
    poolSize: 4,
    cacheTtlMs: 60_000,
    authRequest: {
      url: 'http://h/auth',
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      params: { u: '%u', p: '%P' },
    },
    superRequest: null,
    aclRequest: { url: 'https://h/acl', method: 'GET', headers: {}, params: { t: '%t', a: 'x%A' } },
  });
  expect(auth('auth.http_auth { enable = false }').http).toBeNull();
});

const SECRET = '12345678901234567890123456789012';

it('jwt has one key', () => {
  expect(auth('auth.jwt { jwksfile = k, username_claim = sub }').jwt).toEqual({
    jwksFile: 'k',
    usernameClaim: 'sub',
    aclClaim: 'acl',
    clockToleranceMs: 0,
  });
  expect(auth(`auth.jwt { algorithm = hs256, secret = "${SECRET}" }`).jwt).toMatchObject({ algorithm: 'HS256' });
});

it.each<[string, string, string]>([
  ['http_auth without a request', 'auth.http_auth {}', 'auth.http_auth.auth_req.url: a setting is missing'],
  ['a request without URL', 'auth.http_auth.auth_req {}', 'auth.http_auth.auth_req.url'],
  ['a URL of another kind', 'auth.http_auth.auth_req.url = "ftp://h"', 'allowed: a URL such as http://'],
  [
    'a placeholder nobody knows',
    'auth.http_auth.auth_req { url = "http://h", params.x = "%x" }',
    'allowed: a text with %u',
  ],
  ['a header of two lines', 'auth.http_auth.auth_req { url = "http://h", headers.x = "a\\nb" }', 'a text on one line'],
  ['jwt without key', 'auth.jwt { algorithm = RS256 }', 'auth.jwt.keyfile: a setting is missing'],
  ['jwt with two keys', 'auth.jwt { keyfile = k, jwksfile = k }', 'one of secret, keyfile and jwksfile'],
  ['jwt without algorithm', 'auth.jwt { keyfile = k }', 'auth.jwt.algorithm: a setting is missing'],
  ['a public key as secret', 'auth.jwt { keyfile = k, algorithm = HS256 }', 'HS256 needs secret'],
  ['a secret as public key', `auth.jwt { secret = "${SECRET}", algorithm = RS256 }`, 'RS256 needs keyfile'],
  ['a short secret', 'auth.jwt { secret = short, algorithm = HS256 }', 'a text of at least 32 bytes'],
  [
    'a secret shorter than the hash',
    `auth.jwt { secret = "${SECRET}", algorithm = HS512 }`,
    'HS512 needs at least 64 bytes',
  ],
  ['another word', 'auth.peer_cert_as_username = san', 'allowed: one of off, cn, subject'],
])('refuses %s', (_, text, expected) => {
  expect(() => load(text)).toThrow(expected);
});

it('warns of certificates that nobody is asked for', () => {
  expect(load('auth.peer_cert_as_username = cn').warnings).toMatchObject([{ code: 'NO_EFFECT' }]);
});

it('warns of TLS settings of a request, which are not used yet, where requests are made', () => {
  const text = `auth.http_auth {
    auth_req { url = "https://h", ssl.cacertfile = "ca.pem" }
    super_req { url = "http://h", ssl.cacertfile = "ca.pem" }
    acl_req { url = "https://h" }
  }`;
  const code = 'NOT_YET_USED';
  const origin = { line: 2 };
  const message = expect.stringMatching(/^auth\.http_auth\.auth_req\.ssl: /);
  expect(load(text).warnings).toMatchObject([{ code, origin, message }]);
  expect(load(`${text}\nauth.http_auth.enable = false`).warnings).toEqual([]);
});

it('no secret is shown, in errors neither', () => {
  const text = `auth { password.bob = geheim1, jwt { algorithm = HS256, secret = "geheim2${SECRET}" }
    http_auth.auth_req { url = "http://u:geheim3@h", headers.k = geheim4, params.k = geheim5 } }`;
  expect(formatCheck(load(text))).not.toContain('geheim');
  for (const bad of [
    'auth.jwt.secret = geheim',
    'auth.password = geheim',
    'auth.http_auth.auth_req.params.k = "%geheim"',
  ]) {
    expect(() => load(`${bad}`)).toThrow(/^(?!.*geheim)/s);
  }
});

it('users and rules can be changed in the text, and hold at once', () => {
  const text = 'auth {\n  password {\n    bob = old # his\n  }\n  acl.rules = [{ permit = deny }]\n}\n';
  const plan = changeConfig({ text, env: {}, flags: {}, cwd: '/nonexistent' }, [
    { path: ['auth', 'password', 'bob'], value: 'new' },
    { path: ['auth', 'password', 'amy'], value: '$7$x' },
    { path: ['auth', 'acl', 'rules'], value: [{ permit: 'allow', topics: ['dev/${clientid}/#'] }] },
  ]);
  expect(plan.newText).toBe(
    'auth {\n  password {\n    bob = "new" # his\n    amy = "$7$x"\n  }\n  acl.rules = [{ "permit": "allow", "topics": ["dev/\\u0024{clientid}/#"] }]\n}\n',
  );
  expect(plan.diff).toEqual({
    applied: ['auth.password.bob', 'auth.acl.rules', 'auth.password.amy'],
    needsRestart: [],
    unchanged: [],
  });
  expect(plan.loaded.config.auth.acl.rules[0]).toMatchObject({
    topics: ['dev/${clientid}/#'],
    source: { line: 6, column: 16 },
  });
});

it('a change with a wrong rule tells which', () => {
  const sources = { text: '', env: {}, flags: {}, cwd: '/nonexistent' };
  const run = () => changeConfig(sources, [{ path: ['auth', 'acl', 'rules'], value: [{ permit: 'x' }] }]);
  expect(run).toThrow(/^requested change: auth\.acl\.rules\.0\.permit: /);
});
