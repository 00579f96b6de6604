import { DropReason } from '@nanomq-ts/core';
import { type RawClient, ShardHarness } from '@nanomq-ts/testkit';
import type { IPublishPacket } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';

type Version = 3 | 4 | 5;

/** What came since the last call. */
async function publishesOf(client: RawClient): Promise<IPublishPacket[]> {
  await client.ping();
  const packets: IPublishPacket[] = [];
  for (let packet = client.takeNow('publish'); packet !== undefined; packet = client.takeNow('publish')) {
    packets.push(packet);
  }
  return packets;
}

function kept(version: Version, properties: Record<string, number> = {}) {
  return {
    clientId: 'subscriber',
    clean: false,
    ...(version === 5 && { properties: { sessionExpiryInterval: 36_000, ...properties } }),
  };
}

const PROPERTIES = {
  payloadFormatIndicator: true,
  contentType: 'text',
  responseTopic: 'r',
  correlationData: Buffer.from([0, 1]),
  userProperties: { b: ['1', '2'], a: '3' },
};

describe('a stored message', () => {
  it.each([
    [5, 4],
    [5, 3],
    [4, 5],
    [3, 5],
    [4, 3],
    [5, 5],
  ] as const)('goes to a client that left with version %i and came back with version %i', async (before, after) => {
    const harness = new ShardHarness();
    const subscriber = await harness.client(before, kept(before));
    await subscriber.subscribe('a', 2);
    subscriber.autoAcknowledge = false;
    const publisher = await harness.client(5);
    publisher.publish('a', 'in flight', { qos: 2, properties: PROPERTIES });
    const first = await subscriber.next('publish');
    subscriber.destroy();
    publisher.publish('a', 'queued', { qos: 1, properties: PROPERTIES });
    await publisher.next('puback');
    const again = await harness.client(after, kept(after));
    const packets = await publishesOf(again);
    expect(packets.map(({ payload, qos, dup }) => [payload.toString(), qos, dup])).toEqual([
      ['in flight', 2, true],
      ['queued', 1, false],
    ]);
    expect(packets[0]?.messageId).toBe(first.messageId);
    if (before === 5 && after === 5) for (const { properties } of packets) expect(properties).toEqual(PROPERTIES);
    expect(harness.shard.messages.size).toBe(0);
  });

  it('that is too large for a client is dropped for it alone, and counts as sent [MQTT-3.1.2-24] [MQTT-3.1.2-25]', async () => {
    const harness = new ShardHarness();
    const small = await harness.client(5, { properties: { maximumPacketSize: 40 } });
    const large = await harness.client(5);
    for (const client of [small, large]) await client.subscribe('a', 2);
    const publisher = await harness.client(5);
    for (const qos of [1, 2] as const) {
      publisher.publish('a', 'x'.repeat(50), { qos });
      const ack = await publisher.next(qos === 1 ? 'puback' : 'pubrec');
      expect(ack.reasonCode ?? 0).toBe(0);
      publisher.publish('a', 'short', { qos });
    }
    await publisher.ping();
    expect((await publishesOf(small)).map(({ payload }) => payload.toString())).toEqual(['short', 'short']);
    expect(await publishesOf(large)).toHaveLength(4);
    expect(harness.shard.counters.dropped[DropReason.TooLarge]).toBe(2);
    await large.ping();
    expect(harness.shard.messages.size).toBe(0);
  });

  it.each([
    [-1, 0],
    [0, 1],
  ])('%i bytes beside the maximum packet size: %i go out [MQTT-3.1.2-24]', async (more, expected) => {
    // Fixed header, topic name, packet identifier, property length, payload.
    const bytes = 2 + 3 + 2 + 1 + 20;
    for (const version of [4, 5] as const) {
      const harness = new ShardHarness();
      const options = { clientId: 's', clean: false, properties: { sessionExpiryInterval: 99 } };
      const away = await harness.client(5, options);
      await away.subscribe('a', 1);
      away.destroy();
      const publisher = await harness.client(version);
      publisher.publish('a', 'x'.repeat(20), { qos: 1 });
      await publisher.next('puback');
      const properties = { ...options.properties, maximumPacketSize: bytes + more };
      const back = await harness.client(5, { ...options, properties });
      expect(await publishesOf(back)).toHaveLength(expected);
      expect(harness.shard.messages.size).toBe(0);
    }
  });

  it('that was in flight and is too large for the client when it returns is dropped [MQTT-3.1.2-24]', async () => {
    const harness = new ShardHarness();
    const subscriber = await harness.client(5, kept(5));
    await subscriber.subscribe('a', 1);
    subscriber.autoAcknowledge = false;
    for (const payload of ['x'.repeat(100), 'short']) harness.shard.publish('a', Buffer.from(payload), { qos: 1 });
    expect(await publishesOf(subscriber)).toHaveLength(2);
    subscriber.destroy();
    const again = await harness.client(5, kept(5, { maximumPacketSize: 50 }));
    expect((await publishesOf(again)).map(({ payload }) => payload.toString())).toEqual(['short']);
    expect(harness.shard.counters.dropped[DropReason.TooLarge]).toBe(1);
    expect(harness.shard.messages.size).toBe(0);
  });

  it('keeps the RETAIN flag of its subscription when it is sent again [MQTT-3.3.1-13]', async () => {
    const harness = new ShardHarness();
    const subscriber = await harness.client(5, kept(5));
    await subscriber.subscribe([{ topic: 'a', qos: 1, rap: true }]);
    subscriber.autoAcknowledge = false;
    for (const retain of [true, false]) harness.shard.publish('a', Buffer.from('x'), { qos: 1, retain });
    expect((await publishesOf(subscriber)).map(({ retain }) => retain)).toEqual([true, false]);
    subscriber.destroy();
    const again = await harness.client(5, kept(5));
    expect((await publishesOf(again)).map(({ retain }) => retain)).toEqual([true, false]);
  });
});

describe('topic aliases towards a client', () => {
  const aliasOf = ({ topic, properties }: IPublishPacket) => [topic, properties?.topicAlias];

  it.each([0, 1, 2] as const)('save the topic name from the second message on, QoS %i [MQTT-3.3.2-11]', async (qos) => {
    const harness = new ShardHarness();
    const subscriber = await harness.client(5, { properties: { topicAliasMaximum: 2 } });
    await subscriber.subscribe('t/#', 2);
    const publisher = await harness.client(5);
    for (const topic of ['t/1', 't/1', 't/2', 't/1', 't/2']) publisher.publish(topic, 'x', { qos });
    await publisher.ping();
    const got = (await publishesOf(subscriber)).map(aliasOf);
    expect(got).toEqual([
      ['t/1', 1],
      ['', 1],
      ['t/2', 2],
      ['', 1],
      ['', 2],
    ]);
  });

  it('are never above the maximum of the client, and mean what was last said [MQTT-3.3.2-11]', async () => {
    const harness = new ShardHarness();
    const subscriber = await harness.client(5, { properties: { topicAliasMaximum: 3 } });
    await subscriber.subscribe('t/#', 1);
    const topics = Array.from({ length: 60 }, (_, i) => `t/${(i * i) % 7}`);
    for (const [i, topic] of topics.entries())
      harness.shard.publish(topic, Buffer.from('x'), { qos: i % 2 === 0 ? 0 : 1 });
    const meaning = new Map<number, string>();
    const got = (await publishesOf(subscriber)).map(({ topic, properties }) => {
      const alias = properties?.topicAlias ?? 0;
      expect(alias).toBeLessThanOrEqual(3);
      if (topic !== '') meaning.set(alias, topic);
      return meaning.get(alias);
    });
    expect(got).toEqual(topics);
  });

  it('are not used for a client that takes none', async () => {
    const harness = new ShardHarness();
    const subscriber = await harness.client(5);
    await subscriber.subscribe('t', 1);
    for (const qos of [0, 1, 0, 1] as const) harness.shard.publish('t', Buffer.from('x'), { qos });
    expect((await publishesOf(subscriber)).map(aliasOf)).toEqual(Array(4).fill(['t', undefined]));
  });

  it('end with the connection: what is sent again names its topic first [MQTT-3.3.2-7]', async () => {
    const harness = new ShardHarness();
    const options = kept(5, { topicAliasMaximum: 5 });
    const subscriber = await harness.client(5, options);
    await subscriber.subscribe('t', 1);
    subscriber.autoAcknowledge = false;
    for (let i = 0; i < 2; i++) harness.shard.publish('t', Buffer.from('x'), { qos: 1 });
    expect((await publishesOf(subscriber)).map(aliasOf)).toEqual([
      ['t', 1],
      ['', 1],
    ]);
    subscriber.destroy();
    const again = await harness.client(5, options);
    harness.shard.publish('t', Buffer.from('x'));
    expect((await publishesOf(again)).map(aliasOf)).toEqual([
      ['t', 1],
      ['', 1],
      ['', 1],
    ]);
    again.destroy();
    const without = await harness.client(5, kept(5));
    harness.shard.publish('t', Buffer.from('x'), { qos: 1 });
    expect((await publishesOf(without)).map(aliasOf)).toEqual([['t', undefined]]);
  });

  it('leave properties, payload and packet identifier as they were [MQTT-3.3.2-17] [MQTT-3.3.2-18]', async () => {
    const harness = new ShardHarness();
    const subscriber = await harness.client(5, { properties: { topicAliasMaximum: 5 } });
    await subscriber.subscribe('t', 1, 77);
    const publisher = await harness.client(5);
    const properties = { ...PROPERTIES, messageExpiryInterval: 50 };
    for (const qos of [0, 1, 0, 1] as const) publisher.publish('t', 'text', { qos, properties });
    await publisher.ping();
    for (const { properties: got, payload, qos, messageId } of await publishesOf(subscriber)) {
      expect(got).toEqual({ ...properties, subscriptionIdentifier: 77, topicAlias: 1 });
      expect([payload.toString(), messageId === undefined]).toEqual(['text', qos === 0]);
    }
  });

  it.each([0, 1] as const)(
    'are left out where they would make the packet too large for the client, QoS %i [MQTT-3.1.2-24]',
    async (qos) => {
      const harness = new ShardHarness();
      // Fixed header, topic name, packet identifier, property length, payload.
      const plainBytes = 2 + 3 + 2 * qos + 1 + 20;
      const properties = { topicAliasMaximum: 5, maximumPacketSize: plainBytes };
      const subscriber = await harness.client(5, { properties });
      await subscriber.subscribe('t', 1);
      for (const length of [20, 10, 20, 18]) harness.shard.publish('t', Buffer.alloc(length, 'x'), { qos });
      expect((await publishesOf(subscriber)).map(aliasOf)).toEqual([
        ['t', undefined],
        ['t', 1],
        ['t', undefined],
        ['t', undefined],
      ]);
      expect(harness.shard.counters.droppedTotal).toBe(0);
    },
  );

  it('keep what is left of an expiry interval [MQTT-3.3.2-6]', async () => {
    const harness = new ShardHarness();
    const options = kept(5, { topicAliasMaximum: 5 });
    const subscriber = await harness.client(5, options);
    await subscriber.subscribe('t', 1);
    subscriber.destroy();
    const publisher = await harness.client(5);
    for (let i = 0; i < 2; i++) publisher.publish('t', 'x', { qos: 1, properties: { messageExpiryInterval: 50 } });
    await publisher.next('puback');
    harness.clock.advance(20_000);
    const packets = await publishesOf(await harness.client(5, options));
    expect(packets.map(({ topic, properties }) => [topic, properties])).toEqual([
      ['t', { messageExpiryInterval: 30, topicAlias: 1 }],
      ['', { messageExpiryInterval: 30, topicAlias: 1 }],
    ]);
  });
});
