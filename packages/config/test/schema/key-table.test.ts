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

it('the reload classes are those of NanoMQ', () => {
  const live = KEY_TABLE.filter((entry) => entry.reload === 'live').map((entry) => entry.key);
  expect(live.toSorted()).toEqual([
    'auth.acl.rules',
    'auth.allow_anonymous',
    'auth.password.<name>',
    'bridges.mqtt.cache.flush_mem_threshold',
    'log.level',
    'mqtt.keepalive_multiplier',
    'mqtt.max_mqueue_len',
    'mqtt.max_packet_size',
    'mqtt.property_size',
    'mqtt.retry_interval',
    'sqlite.flush_mem_threshold',
  ]);
});

it.each([
  ['mqtt.retry_interval', 'mqtt.retry_interval'],
  ['listeners.tcp.inner.bind', 'listeners.tcp.<name>.bind'],
  ['mqtt', undefined],
  ['mqtt.nothing', undefined],
])('finds %s', (key, expected) => {
  expect(findKey(key.split('.'))?.key).toBe(expected);
});
