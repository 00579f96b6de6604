import type { Shard } from '@nanomq-ts/core';
import { describe, expect, it } from 'vitest';
import { FourShards, fillWay, payloadsOf } from './four-shards.ts';

describe('messages between shards', () => {
  it('cross once for each shard, however many receive them there, and only where somebody does', async () => {
    const broker = new FourShards();
    for (const shardId of [1, 1, 2]) await (await broker.clientAt(shardId, `s-${Math.random()}`)).subscribe('t', 1);
    const told: number[] = [];
    for (const peer of broker.shards[0]?.peers.all ?? []) {
      const publish = peer.publish.bind(peer);
      peer.publish = (frame) => {
        told.push(peer.id);
        publish(frame);
      };
    }
    const publisher = await broker.clientAt(0, 'publisher');
    publisher.publish('t', 'x', { qos: 1 });
    publisher.publish('other', 'x', { qos: 1 });
    await publisher.ping();
    expect(told.sort()).toEqual([1, 2]);
  });

  it('are there before an acknowledgement is: who has a SUBACK gets what is published then', async () => {
    const broker = new FourShards();
    const publisher = await broker.clientAt(0, 'publisher');
    for (let i = 0; i < 20; i++) {
      const subscriber = await broker.clientAt(1 + (i % 3), `s-${i}`);
      await subscriber.subscribe(i % 2 === 0 ? 't' : '+', 1);
      publisher.publish('t', `${i}`, { qos: 1 });
      expect(await publisher.next('puback')).toMatchObject({ reasonCode: 0 });
      expect(await payloadsOf(subscriber)).toEqual([`${i}`]);
    }
  });

  it('are there before a SUBACK is, also when the way to the publisher is full', async () => {
    const broker = new FourShards();
    const publisher = await broker.clientAt(1, 'publisher');
    const { client: subscriber, transport } = broker.openAt(0);
    await subscriber.connect({ clientId: 'subscriber' });
    const readOn = await fillWay(broker);
    subscriber.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 't', qos: 1 }] });
    await broker.settled();
    expect(transport.sent).toHaveLength(0);
    readOn();
    await broker.settled();
    await subscriber.next('suback');
    publisher.publish('t', 'x', { qos: 1 });
    expect((await publisher.next('puback')).reasonCode).toBe(0);
    expect(await payloadsOf(subscriber)).toEqual(['x']);
  });

  it('are there before a SUBACK is, also when the way fills while the Access is asked', async () => {
    let answer = (_: number) => {};
    const isAsked = new Promise<number>((resolve) => {
      answer = resolve;
    });
    const subscribe = ({ clientId }: { clientId: string }) => (clientId === 'subscriber' ? isAsked : 0);
    const access = { authenticate: () => 0, checksPublish: false, publish: () => 0, subscribe };
    const broker = new FourShards({}, { access });
    const { client: subscriber, transport } = broker.openAt(0);
    await subscriber.connect({ clientId: 'subscriber' });
    subscriber.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 't', qos: 1 }] });
    const readOn = await fillWay(broker);
    answer(0);
    await broker.settled();
    expect(transport.sent).toHaveLength(0);
    readOn();
    await broker.settled();
    await subscriber.next('suback');
  });

  it('let a SUBACK wait for each way once, though they are never free at the same time', async () => {
    const broker = new FourShards();
    const { client: subscriber } = broker.openAt(0);
    await subscriber.connect({ clientId: 'subscriber' });
    const readOn = [await fillWay(broker, 1), await fillWay(broker, 2)] as const;
    subscriber.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 't', qos: 1 }] });
    readOn[0]();
    await broker.settled();
    await fillWay(broker, 1);
    readOn[1]();
    await broker.settled();
    await subscriber.next('suback');
  });

  it.each([
    [1, 'puback'],
    [2, 'pubrec'],
  ] as const)('are there before the acknowledgement of what is retained, QoS %i', async (qos, answer) => {
    const broker = new FourShards();
    const subscriber = await broker.clientAt(1, 'subscriber');
    const { client: publisher, transport } = broker.openAt(0);
    await publisher.connect({ clientId: 'publisher' });
    const readOn = await fillWay(broker);
    publisher.publish('t', 'kept', { qos, retain: true });
    await broker.settled();
    expect(transport.sent).toHaveLength(0);
    readOn();
    await broker.settled();
    await publisher.next(answer);
    await subscriber.subscribe('t', 1);
    expect(await payloadsOf(subscriber)).toEqual(['kept']);
  });

  it('tell the publisher that nobody subscribes, on whatever shard [MQTT-3.4.2-1]', async () => {
    const broker = new FourShards();
    const publisher = await broker.clientAt(0, 'publisher');
    const subscriber = await broker.clientAt(3, 'subscriber');
    for (const [isThere, reasonCode] of [
      [true, 0],
      [false, 0x10],
    ] as const) {
      if (isThere) await subscriber.subscribe('t', 0);
      else await subscriber.unsubscribe('t');
      publisher.publish('t', 'x', { qos: 1 });
      expect((await publisher.next('puback')).reasonCode).toBe(reasonCode);
    }
  });

  it('more than fit hold up who sends them and nobody else, and all arrive in order', async () => {
    const broker = new FourShards();
    const subscriber = await broker.clientAt(1, 'subscriber');
    await subscriber.subscribe('t', 1);
    const { client: fast, transport } = broker.openAt(0);
    await fast.connect({ clientId: 'fast' });
    const { client: other, transport: othersTransport } = broker.openAt(0);
    await other.connect({ clientId: 'other' });
    // One chunk of many times what the ring holds, with no turn in between.
    const payloads = Array.from({ length: 100 }, (_, i) => `${i} ${'x'.repeat(2000)}`);
    for (const payload of payloads) fast.publish('t', payload, { qos: 1 });
    expect(transport.isPaused).toBe(true);
    other.publish('elsewhere', 'x', { qos: 1 });
    expect(othersTransport.isPaused).toBe(false);
    const got: string[] = [];
    for (let round = 0; round < 100 && got.length < payloads.length; round++) {
      await broker.settled();
      got.push(...(await payloadsOf(subscriber)));
    }
    expect(got).toEqual(payloads);
    await broker.settled();
    expect(transport.isPaused).toBe(false);
  });

  it('hold up who sends them also where each one waits for an answer of the Access', async () => {
    const access = { authenticate: () => 0, checksPublish: true, publish: async () => 0, subscribe: () => 0 };
    const broker = new FourShards({}, { access });
    const subscriber = await broker.clientAt(1, 'subscriber');
    await subscriber.subscribe('t', 1);
    const { client: fast, transport } = broker.openAt(0);
    await fast.connect({ clientId: 'fast' });
    const payloads = Array.from({ length: 100 }, (_, i) => `${i} ${'x'.repeat(2000)}`);
    for (const payload of payloads) fast.publish('t', payload, { qos: 1 });
    // Time for all answers, but no turn in which the ring would be read.
    for (let i = 0; i < 10; i++) await new Promise(setImmediate);
    expect(transport.isPaused).toBe(true);
    expect(broker.shards[0]?.counters.packetsReceived).toBeLessThan(50);
    const got: string[] = [];
    for (let round = 0; round < 100 && got.length < payloads.length; round++) {
      await broker.settled();
      got.push(...(await payloadsOf(subscriber)));
    }
    expect(got).toEqual(payloads);
  });

  it('hold up who sends them until that way is free, whatever others wait for', async () => {
    const broker = new FourShards();
    for (const shardId of [1, 2]) await (await broker.clientAt(shardId, `s-${shardId}`)).subscribe(`to-${shardId}`, 1);
    const transports = [];
    for (const shardId of [1, 2]) {
      const { client, transport } = broker.openAt(0);
      await client.connect({ clientId: `p-${shardId}` });
      transports.push(transport);
      // This shard hangs.
      if (shardId === 2) (broker.shards[2] as Shard).peers.poll = () => {};
      for (let i = 0; i < 20; i++) client.publish(`to-${shardId}`, 'x'.repeat(2000), { qos: 1 });
    }
    expect(transports.map(({ isPaused }) => isPaused)).toEqual([true, true]);
    await broker.settled();
    expect(transports.map(({ isPaused }) => isPaused)).toEqual([false, true]);
  });

  it('larger than the way between shards arrive whole', async () => {
    const broker = new FourShards();
    const subscriber = await broker.clientAt(2, 'subscriber');
    await subscriber.subscribe('t', 2);
    const publisher = await broker.clientAt(0, 'publisher');
    const large = Buffer.alloc(1_000_000, 'large');
    publisher.publish('t', large, { qos: 2 });
    await publisher.ping();
    const { payload } = await subscriber.next('publish');
    // Byte by byte, as `toEqual` does it, takes seconds.
    expect(large.equals(payload as Buffer)).toBe(true);
  });

  it('keep properties, expiry and topic aliases apart from the way they take [MQTT-3.3.2-6]', async () => {
    const broker = new FourShards();
    const subscriber = await broker.clientAt(1, 'subscriber', 5, true);
    await subscriber.subscribe('t', 1);
    subscriber.destroy();
    const publisher = await broker.clientAt(0, 'publisher');
    const properties = { messageExpiryInterval: 100, contentType: 'text', userProperties: { b: '2', a: ['1', '3'] } };
    publisher.publish('t', 'x', { qos: 1, properties: { ...properties, topicAlias: 1 } });
    publisher.publish('', 'y', { qos: 1, properties: { ...properties, topicAlias: 1 } });
    await publisher.ping();
    broker.clock.advance(40_000);
    const again = await broker.clientAt(1, 'subscriber', 5, true);
    for (const payload of ['x', 'y']) {
      const packet = await again.next('publish');
      expect([packet.topic, packet.payload.toString()]).toEqual(['t', payload]);
      expect(packet.properties).toEqual({ ...properties, messageExpiryInterval: 60 });
    }
  });
});

describe('a shard that is gone', () => {
  it('takes its interest, its members, its counts and the connections it relays or handles with it', async () => {
    const broker = new FourShards({ maxConnectionsPerAddress: 4 });
    const subscriber = await broker.clientAt(1, 'subscriber', 5, true);
    await subscriber.subscribe([
      { topic: 't', qos: 1 },
      { topic: '$share/g/t', qos: 1 },
    ]);
    const relayed = await broker.clientAt(0, 'subscriber', 5, true);
    const publisher = await broker.clientAt(0, 'publisher');
    broker.settle();
    for (const link of broker.linksTo(1)) link.end();
    await relayed.expectClosed();
    publisher.publish('t', 'x', { qos: 1 });
    expect((await publisher.next('puback')).reasonCode).toBe(0x10);
    const [first] = broker.shards;
    expect(first?.peers.all.map(({ id }) => id)).toEqual([2, 3]);
    expect([first?.index.sharedGroupCount, first?.relays.size, first?.peers.onlineElsewhere]).toEqual([0, 0, 0]);
  });
});
