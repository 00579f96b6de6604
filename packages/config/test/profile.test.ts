import { expect, it } from 'vitest';
import { changeConfig } from '../src/edit/change-config.ts';
import { effectiveAt } from '../src/effective-tree.ts';
import { variableOf } from '../src/environment.ts';
import { formatCheck } from '../src/format-check.ts';
import { type ConfigSources, loadConfig } from '../src/load-config.ts';
import { PROFILES } from '../src/profile.ts';
import { findKey } from '../src/schema/key-table.ts';

const load = (text: string, more: Partial<ConfigSources> = {}) =>
  loadConfig({ text, file: 'c', env: {}, flags: {}, cwd: '/nonexistent', ...more });
const TLS = 'listeners { ssl { bind = 1, keyfile = k, certfile = c, x.bind = 2 }, wss {} }\n';

it('hardened: nobody without a name, nothing without a rule, loopback, TLS 1.3, tight limits', () => {
  const { config, warnings } = load(`profile = hardened\nhttp_server { password = x }\n${TLS}`);
  expect(warnings).toEqual([]);
  expect(config).toMatchObject({
    profile: 'hardened',
    auth: { allowAnonymous: false, noMatch: 'deny', bindClientToUser: true },
    httpServer: { host: '127.0.0.1' },
    mqtt: { maxPacketBytes: 1024 ** 2, maxConnectionsPerAddress: 100, maxHandshakes: 1000, flappingDisconnects: 15 },
  });
  const { ssl, wss } = config.listeners;
  expect([...ssl, ...wss].map(({ tls }) => tls.minVersion)).toEqual(['TLSv1.3', 'TLSv1.3', 'TLSv1.3']);
});

it('it opens and turns on nothing', () => {
  const { config } = load('profile = hardened');
  expect(config.httpServer).toBeNull();
  expect(config.listeners).toEqual(load('').config.listeners);
});

it.each(Object.entries(PROFILES.hardened))(
  'hardened: %s = %s is a used key, takes the value and differs',
  (key, value) => {
    const path = key.split('.');
    expect(findKey(path)?.status).toBe('used');
    const { effective, origins } = load('profile = Hardened');
    expect(origins.get(key)).toEqual({ kind: 'profile', name: 'hardened' });
    expect(effectiveAt(effective, path)).toEqual(
      effectiveAt(load('', { env: { [variableOf(path)]: String(value) } }).effective, path),
    );
    if (key !== 'http_server.ip_addr') {
      expect(effectiveAt(effective, path)).not.toEqual(effectiveAt(load('').effective, path));
    }
  },
);

it.each<[string, string, Partial<ConfigSources>]>([
  ['the file', 'profile = hardened\nmqtt.max_subscriptions = 7', {}],
  ['a variable', 'profile = hardened', { env: { NANOMQ_MQTT__MAX_SUBSCRIPTIONS: '7' } }],
  ['the file, to the default', 'profile = hardened, mqtt.max_subscriptions = 10000', {}],
])('what somebody set himself is stronger: %s', (_, text, more) => {
  const expected = text.includes('10000') ? 10_000 : 7;
  expect(load(text, more).config.mqtt).toMatchObject({ maxSubscriptions: expected, maxConnections: 10_000 });
});

it('a listener may be told to take older clients', () => {
  const text = 'profile = hardened\nlisteners.ssl { bind = 1, keyfile = k, certfile = c, tls_min_version = 1.2 }';
  expect(load(text).config.listeners.ssl[0]?.tls.minVersion).toBe('TLSv1.2');
});

it('nanomq check shows the profile, and what it sets as its own', () => {
  const text = formatCheck(load('profile = hardened\nauth.no_match = allow', { file: 'n.conf' }));
  expect(text).toMatch(/^profile = hardened +n\.conf:1:11$/m);
  expect(text).toMatch(/^auth\.allow_anonymous = false +profile hardened$/m);
  expect(text).toMatch(/^auth\.no_match = allow +n\.conf:2:17$/m);
  expect(text).toMatch(/^mqtt\.max_topic_levels = 32 +profile hardened \(restart\)$/m);
});

it('a variable chooses it as well', () => {
  expect(load('', { env: { NANOMQ_PROFILE: 'hardened' } }).config.auth.allowAnonymous).toBe(false);
});

it('a wrong name or section is told', () => {
  expect(() => load('profile = hard')).toThrow(/^c:1:11: profile: .*one of none, hardened/);
  expect(() => load('profile = hardened\nmqtt = 5')).toThrow(/^c:2:8: mqtt: /);
});

it('it can be chosen in the text, and nothing else is written', () => {
  const sources = { text: '# c\n', env: {}, flags: {}, cwd: '/nonexistent' };
  const { newText, diff } = changeConfig(sources, [{ path: ['profile'], value: 'hardened' }]);
  expect(newText).toBe('# c\nprofile = "hardened"\n');
  expect(diff.applied).toEqual(
    expect.arrayContaining(['profile', 'auth.allow_anonymous', 'listeners.ssl.tls_min_version']),
  );
  expect(diff.needsRestart).toEqual(expect.arrayContaining(['mqtt.max_topic_levels']));
});
