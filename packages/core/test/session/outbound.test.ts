import { DropReason } from '@nanomq-ts/core';
import { type RawClient, ShardHarness } from '@nanomq-ts/testkit';
import type { IPublishPacket } from 'mqtt-packet';
import { describe, expect, it, vi } from 'vitest';

const VERSIONS = [
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
] as const;

type Version = 3 | 4 | 5;

/** A session that outlives its connection, for any version. */
function kept(version: Version, clientId: string, properties: Record<string, number> = {}) {
  return {
    clientId,
    clean: false,
    ...(version === 5 && { properties: { sessionExpiryInterval: 3600, ...properties } }),
  };
}

/** What came since the last call. */
async function publishesOf(client: RawClient): Promise<IPublishPacket[]> {
  await client.ping();
  const packets: IPublishPacket[] = [];
  for (let packet = client.takeNow('publish'); packet !== undefined; packet = client.takeNow('publish')) {
    packets.push(packet);
  }
  return packets;
}

const textOf = ({ payload }: IPublishPacket) => payload.toString();

async function textsOf(client: RawClient): Promise<string[]> {
  return (await publishesOf(client)).map(textOf);
}

describe.each(VERSIONS)('outbound messages, MQTT %s', (_, version) => {
  /**
   * A subscriber of `a` that acknowledges nothing by itself and takes `limit` messages at once: by its receive maximum
   * in 5.0, by `max_inflight_window` otherwise.
   */
  async function setUp(limit = 2048) {
    const harness = new ShardHarness({ maxInflightMessages: version === 5 ? 65_535 : limit });
    const subscriber = await harness.client(version, kept(version, 'subscriber', { receiveMaximum: limit }));
    await subscriber.subscribe('a', 2);
    subscriber.autoAcknowledge = false;
    const publish = (payload: string, qos: 0 | 1 | 2) => void harness.shard.publish('a', Buffer.from(payload), { qos });
    return { harness, subscriber, publish };
  }

  it('get a packet identifier that is not in use [MQTT-2.2.1-4] [v3.1.1 MQTT-2.3.1-4] [MQTT-4.3.2-1] [MQTT-4.3.3-1] [v3.1.1 MQTT-4.3.2-1] [v3.1.1 MQTT-4.3.3-1]', async () => {
    const { subscriber, publish } = await setUp();
    const inUse = new Set<number>();
    for (let i = 0; i < 300; i++) {
      publish(`${i}`, i % 3 === 0 ? 2 : 1);
      const { messageId = 0, qos, dup } = await subscriber.next('publish');
      expect([messageId > 0, inUse.has(messageId), qos, dup]).toEqual([true, false, i % 3 === 0 ? 2 : 1, false]);
      inUse.add(messageId);
      if (i % 2 === 0 || qos !== 1) continue;
      subscriber.send({ cmd: 'puback', messageId });
      inUse.delete(messageId);
    }
    expect(inUse.size).toBe(200);
  });

  it('wait when every packet identifier is in use, and take the one that comes free [MQTT-4.3.2-1] [v3.1.1 MQTT-4.3.2-1]', async () => {
    const { harness, subscriber, publish } = await setUp(65_535);
    for (let i = 0; i < 65_537; i++) publish('', 1);
    await subscriber.ping();
    const ids = subscriber.received.filter(({ cmd }) => cmd === 'publish').map(({ messageId }) => messageId);
    expect([ids.length, new Set(ids).size]).toEqual([65_535, 65_535]);
    for (const messageId of [40_000, 7]) {
      subscriber.send({ cmd: 'puback', messageId });
      await subscriber.ping();
      expect(subscriber.received.at(-2)).toMatchObject({ cmd: 'publish', messageId });
    }
    expect(harness.shard.counters.droppedTotal).toBe(0);
  });

  it('are at most as many at once as the client can take; the others wait in their order [MQTT-3.3.4-9] [MQTT-4.9.0-2]', async () => {
    const { subscriber, publish } = await setUp(2);
    for (let i = 1; i <= 5; i++) publish(`${i}`, 1);
    const [first, second] = await publishesOf(subscriber);
    expect([first, second].map((packet) => textOf(packet as IPublishPacket))).toEqual(['1', '2']);
    subscriber.send({ cmd: 'puback', messageId: second?.messageId as number });
    expect(await textsOf(subscriber)).toEqual(['3']);
    subscriber.send({ cmd: 'puback', messageId: first?.messageId as number });
    expect(await textsOf(subscriber)).toEqual(['4']);
  });

  it('of QoS 2 hold their place until PUBCOMP [MQTT-3.3.4-9] [MQTT-4.9.0-2] [MQTT-4.3.3-5]', async () => {
    const { subscriber, publish } = await setUp(1);
    for (let i = 1; i <= 2; i++) publish(`${i}`, 2);
    const { messageId = 0 } = await subscriber.next('publish');
    subscriber.send({ cmd: 'pubrec', messageId });
    await subscriber.next('pubrel');
    expect(await textsOf(subscriber)).toEqual([]);
    subscriber.send({ cmd: 'pubcomp', messageId });
    expect(await textsOf(subscriber)).toEqual(['2']);
  });

  it('that fill the window delay nothing else: QoS 0, PUBREL, SUBACK, PINGRESP, acknowledgements [MQTT-3.3.4-10] [MQTT-4.9.0-3]', async () => {
    const { subscriber, publish } = await setUp(1);
    publish('1', 2);
    publish('held', 1);
    publish('QoS 0', 0);
    const { messageId = 0 } = await subscriber.next('publish');
    subscriber.send({ cmd: 'pubrec', messageId });
    subscriber.publish('b', 'x', { qos: 1, messageId: 31 });
    subscriber.publish('b', 'x', { qos: 2, messageId: 32 });
    subscriber.send({ cmd: 'pubrel', messageId: 32 });
    subscriber.send({ cmd: 'subscribe', messageId: 33, subscriptions: [{ topic: 'c', qos: 1 }] });
    subscriber.send({ cmd: 'unsubscribe', messageId: 34, unsubscriptions: ['c'] });
    await subscriber.ping();
    const got = subscriber.received.slice(3).map((packet) => `${packet.cmd} ${packet.messageId ?? ''}`.trim());
    expect(got).toEqual([
      'publish',
      `pubrel ${messageId}`,
      'puback 31',
      'pubrec 32',
      'pubcomp 32',
      'suback 33',
      'unsuback 34',
      'pingresp',
    ]);
  });

  it('of one topic and QoS keep their order through window and queue [MQTT-4.6.0-5] [v3.1.1 MQTT-4.6.0-6]', async () => {
    const { subscriber, publish } = await setUp(3);
    const sent = Array.from({ length: 100 }, (_, i) => `${i}`);
    const got: string[] = [];
    for (let i = 0; got.length < sent.length; i += 5) {
      for (const payload of sent.slice(i, i + 5)) publish(payload, 1);
      for (const packet of await publishesOf(subscriber)) {
        got.push(textOf(packet));
        subscriber.send({ cmd: 'puback', messageId: packet.messageId as number });
      }
    }
    expect(got).toEqual(sent);
  });

  it('wait for a client that is away, and go out with DUP 0 when they go out first [v3.1.1 MQTT-3.1.2-5] [MQTT-4.5.0-1] [MQTT-3.3.1-3] [v3.1.1 MQTT-3.3.1-3]', async () => {
    const { harness, subscriber, publish } = await setUp();
    subscriber.destroy();
    publish('0', 0);
    publish('1', 1);
    publish('2', 2);
    const again = await harness.client(version, kept(version, 'subscriber'));
    const packets = await publishesOf(again);
    expect(packets.map((packet) => [textOf(packet), packet.qos, packet.dup])).toEqual([
      ['1', 1, false],
      ['2', 2, false],
    ]);
    expect(harness.shard.counters.dropped[DropReason.Offline]).toBe(1);
    expect(harness.shard.messages.size).toBe(0);
  });

  it('of QoS 0 wait too where queue_qos0 says so', async () => {
    const harness = new ShardHarness({ queueQos0: true });
    const subscriber = await harness.client(version, kept(version, 'subscriber'));
    await subscriber.subscribe('a', 2);
    subscriber.destroy();
    for (const qos of [0, 1, 0] as const) harness.shard.publish('a', Buffer.from(`${qos}`), { qos });
    const again = await harness.client(version, kept(version, 'subscriber'));
    const packets = await publishesOf(again);
    expect(packets.map(({ qos, messageId }) => [qos, messageId === undefined])).toEqual([
      [0, true],
      [1, false],
      [0, true],
    ]);
    expect(harness.shard.messages.size).toBe(0);
    expect(harness.shard.counters.droppedTotal).toBe(0);
  });

  it('queue up behind a receiver that does not read, and follow in order when it does', async () => {
    const harness = new ShardHarness({ maxOutBufferBytes: 100_000 });
    const { client: subscriber, transport } = harness.open(version);
    await subscriber.connect({ clientId: 's' });
    await subscriber.subscribe('a', 1);
    transport.congest();
    const payload = Buffer.alloc(30_000, 'x');
    for (let i = 0; i < 20; i++) {
      harness.shard.publish('a', Buffer.concat([Buffer.from(`${i} `), payload]), { qos: 1 });
      harness.clock.runTurn();
    }
    const session = harness.shard.sessions.find('s');
    expect(session?.queue?.length).toBeGreaterThan(10);
    expect(session?.connection?.out.waitingBytes).toBeLessThan(200_000);
    // The network has taken some of it, so that there is room again, but what comes now may not overtake.
    vi.spyOn(transport, 'pendingBytes', 'get').mockReturnValueOnce(0);
    harness.shard.publish('a', Buffer.from('20'), { qos: 1 });
    while (transport.isCongested || (session?.queue?.length ?? 0) > 0) {
      transport.relieve();
      await subscriber.ping();
    }
    const got = (await textsOf(subscriber)).map((text) => Number.parseInt(text, 10));
    expect(got).toEqual(Array.from({ length: 21 }, (_, i) => i));
    expect(harness.shard.counters.droppedTotal).toBe(0);
  });

  it('are not kept twice for a receiver that does not read: from 1 MiB on they wait in the queue alone', async () => {
    const harness = new ShardHarness({ maxOutBufferBytes: 8 * 1024 * 1024 });
    const { client: subscriber, transport } = harness.open(version);
    await subscriber.connect({ clientId: 's' });
    await subscriber.subscribe('a', 1);
    transport.congest();
    for (let i = 0; i < 100; i++) {
      harness.shard.publish('a', Buffer.alloc(40_000), { qos: 1 });
      harness.clock.runTurn();
    }
    const session = harness.shard.sessions.find('s');
    expect(session?.connection?.out.waitingBytes).toBeLessThan(1_100_000);
    expect(session?.queue?.length).toBeGreaterThan(70);
    expect(harness.shard.counters.droppedTotal).toBe(0);
  });

  it('are counted and released when the session ends with them', async () => {
    const { harness, subscriber, publish } = await setUp(2);
    for (let i = 0; i < 5; i++) publish(`${i}`, 1);
    expect(harness.shard.messages.size).toBe(5);
    await subscriber.ping();
    subscriber.destroy();
    await harness.client(version, { clientId: 'subscriber', clean: true });
    expect(harness.shard.messages.size).toBe(0);
    expect(harness.shard.counters.dropped[DropReason.SessionEnded]).toBe(5);
  });
});

describe('the receive maximum of a client, MQTT 5.0', () => {
  it.each([
    ['lower than max_inflight_window', 3, 10, 3],
    ['higher than max_inflight_window', 10, 3, 3],
    ['absent', undefined, 4, 4],
  ])(
    '%s: the lower of the two holds [MQTT-3.3.4-9] [MQTT-4.9.0-1]',
    async (_, receiveMaximum, maxInflightMessages, expected) => {
      const harness = new ShardHarness({ maxInflightMessages });
      const properties = receiveMaximum === undefined ? {} : { properties: { receiveMaximum } };
      const subscriber = await harness.client(5, properties);
      await subscriber.subscribe('a', 2);
      subscriber.autoAcknowledge = false;
      for (let i = 0; i < 20; i++) harness.shard.publish('a', Buffer.from('x'), { qos: i % 2 === 0 ? 1 : 2 });
      expect(await publishesOf(subscriber)).toHaveLength(expected);
    },
  );

  it('holds for each client by itself', async () => {
    const harness = new ShardHarness();
    const clients: RawClient[] = [];
    for (const receiveMaximum of [1, 2, 5]) {
      const client = await harness.client(5, { properties: { receiveMaximum } });
      await client.subscribe('a', 1);
      client.autoAcknowledge = false;
      clients.push(client);
    }
    for (let i = 0; i < 10; i++) harness.shard.publish('a', Buffer.from('x'), { qos: 1 });
    const counts = [];
    for (const client of clients) counts.push((await publishesOf(client)).length);
    expect(counts).toEqual([1, 2, 5]);
  });
});
