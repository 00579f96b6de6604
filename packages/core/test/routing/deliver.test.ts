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

describe('subscription identifiers', () => {
  /** Identifiers of each copy, in order. */
  const idsOf = (packets: IPublishPacket[]) =>
    packets.map(({ properties }) => [properties?.subscriptionIdentifier ?? []].flat());

  it.each([0, 1, 2] as const)(
    'of all overlapping subscriptions go with the one copy, QoS %i [MQTT-3.3.4-3] [MQTT-3.3.4-4]',
    async (qos) => {
      const harness = new ShardHarness();
      const client = await harness.client(5);
      for (const [filter, id] of [
        ['a/b', 1],
        ['a/+', 268_435_455],
        ['#', undefined],
        ['+/b', 1],
      ] as const)
        await client.subscribe(filter, 2, id);
      const publisher = await harness.client(4);
      publisher.publish('a/b', 'x', { qos });
      publisher.publish('a/c', 'x', { qos });
      publisher.publish('z', 'x', { qos });
      await publisher.ping();
      const ids = idsOf(await publishesOf(client));
      expect(ids.map((each) => each.sort((a, b) => a - b))).toEqual([[1, 1, 268_435_455], [268_435_455], []]);
    },
  );

  it.each([0, 1, 2] as const)(
    'of subscriptions that each give a copy go each with its own, QoS %i [MQTT-3.3.4-5]',
    async (qos) => {
      const harness = new ShardHarness();
      const client = await harness.client(5);
      for (const [filter, id] of [
        ['a', 10],
        ['$share/g/a', 20],
        ['$share/h/+', 30],
        ['$share/i/#', undefined],
      ] as const)
        await client.subscribe(filter, 2, id);
      const publisher = await harness.client(5);
      publisher.publish('a', 'x', { qos });
      await publisher.ping();
      const ids = idsOf(await publishesOf(client));
      expect(ids.map((each) => each.join()).sort()).toEqual(['', '10', '20', '30']);
    },
  );

  it('are each receiver’s own, and no 3.1.1 client sees one', async () => {
    const harness = new ShardHarness();
    const old = await harness.client(4);
    const clients = [await harness.client(5), await harness.client(5), await harness.client(5)];
    for (const [i, client] of clients.entries()) await client.subscribe('a', 2, i === 2 ? undefined : i + 1);
    await old.subscribe('a', 2);
    const publisher = await harness.client(5);
    for (const qos of [0, 1, 2] as const) publisher.publish('a', 'x', { qos, properties: { contentType: 't' } });
    await publisher.ping();
    for (const [i, client] of clients.entries()) {
      const packets = await publishesOf(client);
      expect(idsOf(packets)).toEqual(Array(3).fill(i === 2 ? [] : [i + 1]));
      for (const { properties } of packets) expect(properties?.contentType).toBe('t');
    }
    expect((await publishesOf(old)).map(({ properties, payload }) => [properties, `${payload}`])).toEqual(
      Array(3).fill([undefined, 'x']),
    );
  });
});

describe('properties of a message', () => {
  const HEX = '010103000174080001720900020001260001620001312600016100013226000162000133';

  /** Layouts that differ in how the frame is made: as it came, with an identifier, an alias, a maximum packet size. */
  const receivers = [
    ['as it came', {}, undefined],
    ['with a subscription identifier', {}, 9],
    ['with topic aliases', { topicAliasMaximum: 3 }, undefined],
    ['with a maximum packet size', { maximumPacketSize: 1000 }, undefined],
  ] as const;

  it.each(
    receivers.flatMap(([name, properties, id]) =>
      ([0, 1, 2] as const).flatMap((qos) => [1, 6].map((count) => [name, qos, count, properties, id] as const)),
    ),
  )(
    'are passed on byte for byte and in order, %s, QoS %i, to %i receivers [MQTT-3.3.2-4] [MQTT-3.3.2-15] [MQTT-3.3.2-16] [MQTT-3.3.2-17] [MQTT-3.3.2-18] [MQTT-3.3.2-20]',
    async (_, qos, count, properties, id) => {
      const harness = new ShardHarness();
      const transports = [];
      for (let i = 0; i < count; i++) {
        const { client, transport } = harness.open(5);
        await client.connect({ clientId: `${i}`, properties });
        await client.subscribe('a', 2, id);
        transports.push(transport);
      }
      const publisher = await harness.client(5);
      const body = `000161${qos === 0 ? '' : '0007'}${(HEX.length / 2).toString(16)}${HEX}6869`;
      publisher.sendHex(`${30 + 2 * qos}${(body.length / 2).toString(16)}${body}`);
      await publisher.ping();
      harness.clock.runTurn();
      for (const transport of transports) expect(transport.take().toString('hex')).toContain(HEX);
    },
  );
});
