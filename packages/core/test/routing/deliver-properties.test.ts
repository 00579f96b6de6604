import { type RawClient, ShardHarness } from '@nanomq-ts/testkit';
import type { IPublishPacket } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';

/** What came since the last call. */
async function publishesOf(client: RawClient): Promise<IPublishPacket[]> {
  await client.ping();
  const packets: IPublishPacket[] = [];
  for (let packet = client.takeNow('publish'); packet !== undefined; packet = client.takeNow('publish')) {
    packets.push(packet);
  }
  return packets;
}

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
