import { publishLocal } from '@nanomq-ts/core';
import { ONE_SHARD, ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';

const PLAIN = { qos: 0, retain: false, properties: Buffer.alloc(0) } as const;

describe('publishLocal', () => {
  it.each([3, 4, 5] as const)('reaches a client of version %i', async (version) => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const client = await harness.client(version);
    await client.subscribe('a/+', 1);
    publishLocal(harness.shard, 'a/b', Buffer.from('hi'), { ...PLAIN, qos: 2 });
    expect(await client.next('publish')).toMatchObject({ topic: 'a/b', qos: 1, payload: Buffer.from('hi') });
  });

  it('says what became of the message', async () => {
    const harness = new ShardHarness({}, ONE_SHARD);
    expect(publishLocal(harness.shard, 'a', Buffer.alloc(0), { ...PLAIN, qos: 1 })).toBe(1);
    await (await harness.client(5)).subscribe('a', 1);
    expect(publishLocal(harness.shard, 'a', Buffer.alloc(0), { ...PLAIN, qos: 1 })).toBe(0);
  });

  it.each([
    ['an empty topic name [MQTT-4.7.3-1]', '', {}, 'TOPIC_NAME_INVALID'],
    ['a wildcard [MQTT-3.3.2-2]', 'a/+', {}, 'TOPIC_NAME_INVALID'],
    ['U+0000 [MQTT-4.7.3-2]', 'a\0', {}, 'TOPIC_NAME_INVALID'],
    ['half a surrogate pair [MQTT-1.5.4-1]', '\udc00', {}, 'TOPIC_NAME_INVALID'],
    ['65,536 bytes [MQTT-4.7.3-3]', 'x'.repeat(65_536), {}, 'TOPIC_NAME_INVALID'],
    ['a topic alias', 'a', { properties: Buffer.from('230001', 'hex') }, 'TOPIC_ALIAS_INVALID'],
    ['a subscription identifier [MQTT-3.3.4-6]', 'a', { properties: Buffer.from('0b01', 'hex') }, 'FORBIDDEN_PROPERTY'],
    ['bytes that are no properties', 'a', { properties: Buffer.from('ff', 'hex') }, 'MALFORMED_PROPERTIES'],
    [
      'a payload that is not the UTF-8 declared',
      'a',
      { properties: Buffer.from('0101', 'hex') },
      'PAYLOAD_FORMAT_INVALID',
    ],
  ])('refuses %s', (_, topicName, options, code) => {
    const harness = new ShardHarness({}, ONE_SHARD);
    const publish = () => publishLocal(harness.shard, topicName, Buffer.from('ff', 'hex'), { ...PLAIN, ...options });
    expect(publish).toThrow(expect.objectContaining({ code }));
  });

  it('refuses a QoS that is none', () => {
    const options = { ...PLAIN, qos: 3 as unknown as 0 };
    expect(() => publishLocal(new ShardHarness({}, ONE_SHARD).shard, 'a', Buffer.alloc(0), options)).toThrow(
      RangeError,
    );
  });
});
