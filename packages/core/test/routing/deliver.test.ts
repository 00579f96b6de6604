import { DropReason } from '@nanomq-ts/core';
import { type RawClient, ShardHarness } from '@nanomq-ts/testkit';
import fc from 'fast-check';
import type { IPublishPacket } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';

const VERSIONS = [
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
] as const;

/** What came since the last call. */
async function publishesOf(client: RawClient): Promise<IPublishPacket[]> {
  await client.ping();
  const packets: IPublishPacket[] = [];
  for (let packet = client.takeNow('publish'); packet !== undefined; packet = client.takeNow('publish')) {
    packets.push(packet);
  }
  return packets;
}

/** `topic=payload/qos` of each. */
async function textsOf(client: RawClient): Promise<string[]> {
  return (await publishesOf(client)).map(({ topic, payload, qos }) => `${topic}=${payload}/${qos}`);
}

describe.each(VERSIONS)('delivery, MQTT %s', (_, version) => {
  const kept = (clientId: string) => ({
    clientId,
    clean: false,
    ...(version === 5 && { properties: { sessionExpiryInterval: 3600 } }),
  });

  it.each([0, 1, 2] as const)(
    'a QoS %i message reaches every session with a matching filter and no other [MQTT-3.3.2-3] [v3.1.1 MQTT-3.3.2-3] [MQTT-4.5.0-1] [v3.1.1 MQTT-4.5.0-1]',
    async (qos) => {
      const harness = new ShardHarness();
      const filters = ['a/b', 'a/+', '#', '+/b', 'a/#', 'a/b/#', 'a', 'a/b/c', 'b/+', '+', '/a/b', 'a/b/'];
      const clients = [];
      for (const filter of filters) {
        const client = await harness.client(version);
        await client.subscribe(filter, 2);
        clients.push(client);
      }
      const publisher = await harness.client(version);
      publisher.publish('a/b', 'x', { qos });
      await publisher.ping();
      const counts: Record<string, string[]> = {};
      for (const [i, client] of clients.entries()) counts[filters[i] as string] = await textsOf(client);
      const got = [`a/b=x/${qos}`];
      const matching = ['a/b', 'a/+', '#', '+/b', 'a/#', 'a/b/#'];
      expect(counts).toEqual(
        Object.fromEntries(filters.map((filter) => [filter, matching.includes(filter) ? got : []])),
      );
    },
  );

  it.each([1, 2] as const)(
    'a QoS %i message is added to sessions that are away, too [MQTT-4.5.0-1] [v3.1.1 MQTT-4.5.0-1] [v3.1.1 MQTT-3.1.2-5]',
    async (qos) => {
      const harness = new ShardHarness();
      for (const clientId of ['x', 'y', 'z']) {
        const client = await harness.client(version, kept(clientId));
        await client.subscribe('a', 2);
        if (clientId !== 'y') client.destroy();
      }
      const publisher = await harness.client(version);
      publisher.publish('a', '1', { qos });
      await publisher.ping();
      for (const clientId of ['x', 'z']) {
        expect(await textsOf(await harness.client(version, kept(clientId)))).toEqual([`a=1/${qos}`]);
      }
    },
  );

  it.each([
    [[0, 1, 2], 2],
    [[1, 0], 1],
    [[0, 0, 0], 0],
    [[2, 0, 1], 2],
  ] as const)(
    'overlapping subscriptions of QoS %j give one copy, of the highest: %i [MQTT-3.3.4-2] [v3.1.1 MQTT-3.3.5-1]',
    async (granted, highest) => {
      const harness = new ShardHarness();
      const client = await harness.client(version);
      for (const [i, qos] of granted.entries()) await client.subscribe(['a/b', 'a/+', '#'][i] as string, qos);
      const publisher = await harness.client(version);
      for (const qos of [0, 1, 2] as const) publisher.publish('a/b', 'x', { qos });
      await publisher.ping();
      expect(await textsOf(client)).toEqual([0, 1, 2].map((qos) => `a/b=x/${Math.min(qos, highest)}`));
    },
  );

  it('messages of a topic, QoS and publisher come in the order they were received [MQTT-4.6.0-5] [MQTT-4.6.0-6] [v3.1.1 MQTT-4.6.0-5] [v3.1.1 MQTT-4.6.0-6]', async () => {
    const message = fc.record({
      publisher: fc.nat({ max: 1 }),
      topic: fc.constantFrom('t/1', 't/2'),
      qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
      retain: fc.boolean(),
      bytes: fc.constantFrom(0, 0, 300),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 40 }), fc.constantFrom(1, 3, 6), async (messages, receivers) => {
        const harness = new ShardHarness({ maxInflightMessages: 4 });
        const publishers = [await harness.client(version), await harness.client(version)];
        const clients = [];
        for (let i = 0; i < receivers; i++) {
          const client = await harness.client(version);
          await client.subscribe(i % 2 === 0 ? 't/+' : '#', 2);
          clients.push(client);
        }
        for (const [i, { publisher, topic, qos, retain, bytes }] of messages.entries()) {
          publishers[publisher]?.publish(topic, `${publisher} ${i} ${'x'.repeat(bytes)}`, { qos, retain });
        }
        for (const publisher of publishers) await publisher.ping();
        for (const client of clients) {
          const got: IPublishPacket[] = [];
          for (let more = await publishesOf(client); more.length > 0; more = await publishesOf(client))
            got.push(...more);
          expect(got).toHaveLength(messages.length);
          const last = new Map<string, number>();
          for (const { topic, qos, payload } of got) {
            const [publisher, number] = payload.toString().split(' ');
            const stream = `${publisher} ${topic} ${qos}`;
            expect(Number(number)).toBeGreaterThan(last.get(stream) ?? -1);
            last.set(stream, Number(number));
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it.each([1, 6])(
    'of one publisher keeps its order across QoS and topics while nothing has to wait, %i receivers',
    async (count) => {
      const harness = new ShardHarness();
      const clients = [];
      for (let i = 0; i < count; i++) {
        const client = await harness.client(version);
        await client.subscribe('t/#', 2);
        await client.subscribe(`$share/${i}/s`, 2);
        clients.push(client);
      }
      const publisher = await harness.client(version);
      const sent: string[] = [];
      for (let i = 0; i < 60; i++) {
        const topic = ['t/1', 't/2', 's', 't/1', 't/1'][i % 5] as string;
        const qos = ([0, 0, 0, 1, 0, 2, 0] as const)[i % 7] as 0 | 1 | 2;
        publisher.publish(topic, `${i}`, { qos });
        sent.push(`${topic}=${i}/${qos}`);
      }
      await publisher.ping();
      for (const client of clients) expect(await textsOf(client)).toEqual(sent);
    },
  );

  it('to a receiver that does not read loses QoS 0 alone, counted, and nobody else’s', async () => {
    const harness = new ShardHarness({ maxOutBufferBytes: 70_000 });
    const { client: slow, transport } = harness.open(version);
    await slow.connect({ clientId: 'slow' });
    await slow.subscribe('a', 1);
    const other = await harness.client(version);
    await other.subscribe('a', 1);
    transport.congest();
    const publisher = await harness.client(version);
    for (let i = 0; i < 30; i++) {
      publisher.publish('a', Buffer.alloc(10_000, i), { qos: i === 29 ? 1 : 0 });
      await publisher.ping();
    }
    const lost = harness.shard.counters.dropped[DropReason.SlowReceiver] as number;
    expect(lost).toBeGreaterThan(10);
    expect(harness.shard.counters.droppedTotal).toBe(lost);
    expect(await publishesOf(other)).toHaveLength(30);
    // Granted QoS 0 for a message of QoS 1: a loss, but no reason to refuse it.
    await other.subscribe('b', 1);
    slow.send({ cmd: 'subscribe', messageId: 9, subscriptions: [{ topic: 'b', qos: 0 }] });
    harness.settle();
    publisher.publish('b', 'x', { qos: 1 });
    expect((await publisher.next('puback')).reasonCode ?? 0).toBe(0);
    expect(harness.shard.counters.dropped[DropReason.SlowReceiver]).toBe(lost + 1);
    while (transport.isCongested) {
      transport.relieve();
      await slow.ping();
    }
    const got = await publishesOf(slow);
    expect(got.length).toBe(30 - lost);
    expect(got.at(-1)?.qos).toBe(1);
  });

  it('is counted by QoS', async () => {
    const harness = new ShardHarness();
    const clients = [await harness.client(version), await harness.client(version)];
    for (const [i, client] of clients.entries()) await client.subscribe('a', i === 0 ? 2 : 1);
    const publisher = await harness.client(version);
    for (const qos of [0, 1, 2, 2] as const) publisher.publish('a', 'x', { qos });
    await publisher.ping();
    const { counters } = harness.shard;
    expect([counters.publishReceivedByQos, counters.publishSentByQos]).toEqual([
      [1, 1, 2],
      [2, 4, 2],
    ]);
  });
});
