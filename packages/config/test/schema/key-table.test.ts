import { expect, it } from 'vitest';
import { findKey, KEY_TABLE } from '../../src/schema/key-table.ts';

it('every key is there once and says what it means', () => {
  const keys = KEY_TABLE.map((entry) => entry.key);
  expect(new Set(keys).size).toBe(keys.length);
  for (const entry of KEY_TABLE) {
    expect(entry.meaning, entry.key).toMatch(/[^.\s]$/);
    expect(entry.key, entry.key).toBe(entry.key.toLowerCase());
  }
});

it('every variable sets one key', () => {
  const names = KEY_TABLE.flatMap((entry) => entry.env ?? []);
  expect(new Set(names).size).toBe(names.length);
});

it('every password is a secret', () => {
  for (const entry of KEY_TABLE.filter(({ key }) => /password/.test(key))) expect(entry.secret, entry.key).toBe(true);
});

it('what takes effect without a restart: every used key but these', () => {
  const waiting = KEY_TABLE.filter(({ reload, status }) => reload === 'restart' && status === 'used');
  expect(waiting.map(({ key }) => key).toSorted()).toEqual([
    'http_server.auth_type',
    'http_server.enable',
    'http_server.ip_addr',
    'http_server.jwt.algorithm',
    'http_server.jwt.public.keyfile',
    'http_server.jwt.secret',
    'http_server.limit_conn',
    'http_server.max_body',
    'http_server.port',
    'http_server.redact_secrets',
    'log.dir',
    'log.file',
    'log.rotation.count',
    'log.rotation.size',
    'log.to',
    'mqtt.max_receive',
    'mqtt.max_topic_alias',
    'mqtt.max_topic_levels',
    'mqtt.queue_qos0',
    'mqtt.route_cache_entries',
    'mqtt.shared_subscription_strategy',
    'mqtt.sys_interval',
    'system.batch_scheduling',
    'system.max_taskq_thread',
    'system.num_taskq_thread',
    'system.parallel',
  ]);
});

it('a key nobody uses never claims to take effect live', () => {
  const claims = KEY_TABLE.filter((entry) => entry.status !== 'used' && entry.reload === 'live');
  expect(claims).toEqual([]);
});

it.each([
  ['mqtt.retry_interval', 'mqtt.retry_interval'],
  ['listeners.tcp.inner.bind', 'listeners.tcp.<name>.bind'],
  ['mqtt', undefined],
  ['mqtt.nothing', undefined],
])('finds %s', (key, expected) => {
  expect(findKey(key.split('.'))?.key).toBe(expected);
});
