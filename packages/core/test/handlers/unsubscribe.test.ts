import { ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';

const VERSIONS = [
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
] as const;

describe.each(VERSIONS)('UNSUBSCRIBE, MQTT %s', (_, version) => {
  it('is answered with its packet identifier, also where nothing was deleted [MQTT-3.10.4-4] [MQTT-3.10.4-5] [v3.1.1 MQTT-3.10.4-4] [v3.1.1 MQTT-3.10.4-5]', async () => {
    const client = await new ShardHarness().client(version);
    client.send({ cmd: 'unsubscribe', messageId: 4711, unsubscriptions: ['a'] });
    expect((await client.next('unsuback')).messageId).toBe(4711);
  });

  it('deletes the filter that is equal character by character, and no other [MQTT-3.10.4-1] [v3.1.1 MQTT-3.10.4-1] [MQTT-4.7.3-4]', async () => {
    const harness = new ShardHarness();
    const client = await harness.client(version);
    await client.subscribe(['a/b', 'a/+', 'A/b', '/a/b', 'a/b/'].map((topic) => ({ topic, qos: 0 as const })));
    await client.unsubscribe('a/#', 'a', 'a/B', 'a/b');
    expect(harness.shard.index.size).toBe(4);
    expect([...(harness.shard.sessions.find('client-1')?.subscriptions?.keys() ?? [])]).toEqual([
      'a/+',
      'A/b',
      '/a/b',
      'a/b/',
    ]);
  });

  it.each(['t', '+', '#'])(
    'stops new messages for %s, those published before it still come [MQTT-3.10.4-2] [v3.1.1 MQTT-3.10.4-2]',
    async (filter) => {
      const harness = new ShardHarness();
      const client = await harness.client(version);
      const publisher = await harness.client(version);
      await client.subscribe(filter, 0);
      publisher.publish('t', 'before');
      await publisher.ping();
      client.send({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: [filter] });
      publisher.publish('t', 'after');
      await publisher.ping();
      await client.ping();
      const order = client.received.map((packet) => (packet.cmd === 'publish' ? `${packet.payload}` : packet.cmd));
      expect(order.slice(2)).toEqual(['before', 'unsuback', 'pingresp']);
    },
  );

  it('leaves QoS 1 and 2 that have begun to be completed [MQTT-3.10.4-3] [v3.1.1 MQTT-3.10.4-3]', async () => {
    const harness = new ShardHarness();
    const client = await harness.client(version, { clean: false });
    const publisher = await harness.client(version);
    await client.subscribe('t', 2);
    client.autoAcknowledge = false;
    publisher.publish('t', 'one', { qos: 1 });
    publisher.publish('t', 'two', { qos: 2 });
    await publisher.ping();
    const one = await client.next('publish');
    const two = await client.next('publish');
    await client.unsubscribe('t');
    client.send({ cmd: 'puback', messageId: one.messageId as number });
    client.send({ cmd: 'pubrec', messageId: two.messageId as number });
    expect((await client.next('pubrel')).messageId).toBe(two.messageId);
    client.send({ cmd: 'pubcomp', messageId: two.messageId as number });
    await client.expectNothing();
    expect([harness.shard.messages.size, harness.shard.counters.unknownAcknowledgements]).toEqual([0, 0]);
  });

  it('with several filters works like several packets with one answer [MQTT-3.10.4-6] [v3.1.1 MQTT-3.10.4-6]', async () => {
    const harness = new ShardHarness();
    const client = await harness.client(version);
    await client.subscribe([
      { topic: 'a', qos: 0 },
      { topic: '$share/g/b/+', qos: 0 },
    ]);
    const unsuback = await client.unsubscribe('a', 'x', '$share/g/b/+', 'a');
    if (version === 5) expect(unsuback.granted).toEqual([0, 0x11, 0, 0x11]);
    expect([harness.shard.index.size, harness.shard.index.sharedGroupCount]).toEqual([0, 0]);
    expect(client.received.filter(({ cmd }) => cmd === 'unsuback')).toHaveLength(1);
  });

  it.each(['a/#/b', 'a+'])(
    'of %s, which is no topic filter, ends the connection [MQTT-4.7.1-1] [MQTT-4.7.1-2] [v3.1.1 MQTT-4.8.0-1]',
    async (filter) => {
      const harness = new ShardHarness();
      const client = await harness.client(version);
      client.send({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: [filter] });
      await client.expectClosed();
      if (version === 5) expect((await client.next('disconnect')).reasonCode).toBe(0x8f);
    },
  );
});

describe('UNSUBACK, MQTT 5.0', () => {
  it('has a reason code for every filter, in their order, and no other property [MQTT-3.11.3-1] [MQTT-3.11.3-2] [MQTT-3.11.2-1] [MQTT-3.11.2-2]', async () => {
    const client = await new ShardHarness({ maxTopicLevels: 2 }).client(5);
    await client.subscribe('b', 1);
    const unsuback = await client.unsubscribe('a', 'b', 'a/b/c');
    expect([unsuback.granted, unsuback.properties ?? {}]).toEqual([[0x11, 0, 0x8f], {}]);
  });
});
