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

it('what takes effect without a restart', () => {
  const live = KEY_TABLE.filter((entry) => entry.reload === 'live').map((entry) => entry.key);
  expect(live.toSorted()).toEqual([
    'auth.acl.enable',
    'auth.acl.rules',
    'auth.allow_anonymous',
    'auth.deny_action',
    'auth.enable',
    'auth.no_match',
    'auth.password.<name>',
    'http_server.password',
    'http_server.username',
    'log.level',
    'mqtt.connect_timeout',
    'mqtt.denial_log_interval',
    'mqtt.flapping.ban_time',
    'mqtt.flapping.max_disconnects',
    'mqtt.flapping.window',
    'mqtt.keepalive_multiplier',
    'mqtt.max_awaiting_rel',
    'mqtt.max_byte_rate',
    'mqtt.max_connect_packet_size',
    'mqtt.max_connections',
    'mqtt.max_connections_per_address',
    'mqtt.max_handshakes',
    'mqtt.max_inflight_window',
    'mqtt.max_loop_delay',
    'mqtt.max_message_rate',
    'mqtt.max_mqueue_bytes',
    'mqtt.max_mqueue_len',
    'mqtt.max_outbuffer_bytes',
    'mqtt.max_packet_size',
    'mqtt.max_retained_bytes',
    'mqtt.max_retained_count',
    'mqtt.max_session_expiry_interval',
    'mqtt.max_subscriptions',
    'mqtt.property_size',
    'mqtt.retry_interval',
    'mqtt.server_keepalive',
    'profile',
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
