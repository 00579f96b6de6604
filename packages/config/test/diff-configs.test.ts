import { expect, it } from 'vitest';
import { diffConfigs } from '../src/diff-configs.ts';
import { loadConfig } from '../src/load-config.ts';

const load = (text: string) => loadConfig({ text, env: {}, flags: {}, cwd: '/nonexistent' });

it.each<[string, string, string, readonly string[], readonly string[]]>([
  ['nothing', 'mqtt.max_mqueue_len = 1024', '# c', [], []],
  ['the same value in another notation', 'mqtt.retry_interval = 60s', 'mqtt.retry_interval = 1m', [], []],
  ['a limit', 'mqtt.max_mqueue_len = 1', '', ['mqtt.max_mqueue_len'], []],
  [
    'what clients were promised',
    '',
    'mqtt { max_topic_alias = 1, max_receive = 2 }',
    [],
    ['mqtt.max_topic_alias', 'mqtt.max_receive'],
  ],
  ['both kinds', '', 'log { level = info, file = x }', ['log.level'], ['log.file']],
  [
    'a listener more',
    '',
    'listeners.tcp { bind = 1883, x.bind = 1 }',
    [
      'listeners.tcp.x.bind',
      'listeners.tcp.x.enable',
      'listeners.tcp.x.handshake_timeout',
      'listeners.tcp.x.proxy_protocol',
      'listeners.tcp.x.proxy_protocol_sources',
    ],
    [],
  ],
  [
    'a listener less',
    'listeners.tcp { bind = 1883, "a.b".bind = 1 }',
    '',
    [
      'listeners.tcp."a.b".bind',
      'listeners.tcp."a.b".enable',
      'listeners.tcp."a.b".handshake_timeout',
      'listeners.tcp."a.b".proxy_protocol',
      'listeners.tcp."a.b".proxy_protocol_sources',
    ],
    [],
  ],
  ['a list', 'log.to = [file]', 'log.to = [file, console]', [], ['log.to']],
  [
    'the login of the API',
    'http_server { password = a, ip_addr = h }',
    'http_server { password = b, ip_addr = h }',
    ['http_server.password'],
    [],
  ],
  ['the API off', 'http_server {}', '', [], ['http_server.enable']],
  ['what nobody uses yet', '', 'webhook.url = u', [], ['webhook.url']],
  ['a first user', '', 'auth.password.bob = x', ['auth.enable', 'auth.password.bob'], []],
  ['a rule', 'auth.acl.rules = [{ permit = allow }]', 'auth.acl.rules = [{ permit = deny }]', ['auth.acl.rules'], []],
  [
    'the same rule in another place and notation',
    'auth.acl.rules = [{ permit = allow }]',
    '# c\nauth.acl.rules = [{"permit": "ALLOW", "action": "pubsub"}]',
    [],
    [],
  ],
])('%s', (_, before, after, applied, needsRestart) => {
  expect(diffConfigs(load(before), load(after))).toEqual({ applied, needsRestart });
});

it('what cannot take effect this time needs a restart', () => {
  const after = 'listeners.tcp { bind = 1884, "a.b".bind = 1 }';
  const { applied, needsRestart } = diffConfigs(load('listeners.tcp.bind = 1883'), load(after), (path) =>
    path.includes('a.b'),
  );
  expect(applied).toEqual(['listeners.tcp.bind']);
  expect(needsRestart).toContain('listeners.tcp."a.b".bind');
});
