import { LocalSubscriber, OwnClient, type Shard, ShardAdmin } from '@nanomq-ts/core';
import { MemoryLink, MemoryTransport, RawClient } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { FourShards, fillWay, payloadsOf } from './four-shards.ts';

type Client = Awaited<ReturnType<FourShards['clientAt']>>;

/** Options of a subscription that a test is about. */
interface Wish {
  readonly qos?: 0 | 1 | 2;
  readonly rh?: 0 | 1 | 2;
  readonly rap?: boolean;
}

/** Sends SUBSCRIBE and waits for nothing: what other clients do next happens in the same turn. */
function askFor(client: Client, topic: string, { qos = 1, rh = 0, rap = false }: Wish = {}): void {
  client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos, rh, rap }] });
}

/** Topic, payload, QoS and RETAIN of what has come. */
async function messagesOf(client: Client): Promise<string[]> {
  await client.ping();
  const messages: string[] = [];
  for (let packet = client.takeNow('publish'); packet !== undefined; packet = client.takeNow('publish')) {
    const { topic, payload, qos, retain } = packet;
    messages.push(`${topic} ${payload} ${qos} ${retain ? 'retained' : 'live'}`);
  }
  return messages;
}

async function pair(broker: FourShards): Promise<[subscriber: Client, publisher: Client]> {
  return [await broker.clientAt(0, 'subscriber'), await broker.clientAt(1, 'publisher')];
}

describe('a retained PUBLISH that crosses a SUBSCRIBE on another shard', () => {
  it.each([
    ['t', 't', {}, 't kept 1 live'],
    ['a wildcard', '+', {}, 't kept 1 live'],
    ['QoS 0', 't', { qos: 0 }, 't kept 0 live'],
    ['QoS 2', 't', { qos: 2 }, 't kept 2 live'],
    ['Retain As Published [MQTT-3.3.1-13]', 't', { rap: true }, 't kept 1 retained'],
    ['Retain Handling 1', 't', { rh: 1 }, 't kept 1 live'],
    ['Retain Handling 2', 't', { rh: 2 }, 't kept 1 live'],
  ] as const)('comes once, as it would to a subscription made before: %s', async (_, filter, wish, message) => {
    const broker = new FourShards();
    const [subscriber, publisher] = await pair(broker);
    askFor(subscriber, filter, wish);
    publisher.publish('t', 'kept', { qos: 2, retain: true });
    await publisher.next('pubrec');
    expect(await messagesOf(subscriber)).toEqual([message]);
    expect(broker.shards.map(({ retained }) => retained.size)).toEqual([1, 1, 1, 1]);
  });

  it('that deletes comes too, after what it deletes [MQTT-3.3.1-6]', async () => {
    const broker = new FourShards();
    const [subscriber, publisher] = await pair(broker);
    publisher.publish('t', 'former', { retain: true });
    await publisher.ping();
    broker.settle();
    askFor(subscriber, 't');
    publisher.publish('t', '', { qos: 1, retain: true, properties: { userProperties: { why: 'over' } } });
    await publisher.next('puback');
    await subscriber.ping();
    expect(await subscriber.next('publish')).toMatchObject({ payload: Buffer.from('former'), retain: true });
    const deletion = await subscriber.next('publish');
    expect([deletion.payload.length, deletion.retain, deletion.properties]).toEqual([
      0,
      false,
      { userProperties: { why: 'over' } },
    ]);
    expect(broker.shards.map(({ retained }) => retained.size)).toEqual([0, 0, 0, 0]);
  });

  it('comes after what its publisher sent before it, and once where the interest is known', async () => {
    const broker = new FourShards();
    const [subscriber, late] = [await broker.clientAt(0, 'subscriber'), await broker.clientAt(0, 'late')];
    const { client: publisher, link } = broker.openAt(1);
    await publisher.connect({ clientId: 'publisher' });
    await subscriber.subscribe('t', 0);
    askFor(late, 't');
    link.hold();
    for (const payload of ['1', '2']) publisher.publish('t', payload);
    publisher.publish('t', '3', { retain: true });
    for (const payload of ['4', '5']) publisher.publish('t', payload);
    publisher.publish('t', '6', { qos: 1, retain: true });
    link.release();
    await publisher.next('puback');
    expect(await payloadsOf(subscriber)).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(await payloadsOf(late)).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  it('does not come to a shared subscription a second time, section 4.8.2', async () => {
    const broker = new FourShards();
    const [subscriber, publisher] = await pair(broker);
    await subscriber.subscribe('$share/g/t', 1);
    const late = await broker.clientAt(0, 'late');
    askFor(late, '$share/g/t');
    publisher.publish('t', 'x', { qos: 1, retain: true });
    await publisher.next('puback');
    expect([...(await payloadsOf(subscriber)), ...(await payloadsOf(late))]).toEqual(['x']);
  });

  it('does not come where nobody subscribes any more, and waits for a client that has left since', async () => {
    const broker = new FourShards();
    const [fickle, publisher] = await pair(broker);
    askFor(fickle, 't');
    fickle.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['t'] });
    const lasting = await broker.clientAt(2, 'lasting', 5, true);
    askFor(lasting, 't');
    publisher.publish('t', 'x', { qos: 1, retain: true });
    lasting.destroy();
    await publisher.next('puback');
    expect(await payloadsOf(fickle)).toEqual([]);
    expect(await messagesOf(await broker.clientAt(3, 'lasting', 5, true))).toEqual(['t x 1 live']);
  });

  it('above the limit is not kept, and comes where the interest is known', async () => {
    const broker = new FourShards({ maxRetainedMessages: 1 });
    const [subscriber, publisher] = await pair(broker);
    publisher.publish('first', 'x', { retain: true });
    await subscriber.subscribe('t', 1);
    publisher.publish('t', 'too many', { qos: 1, retain: true });
    await publisher.next('puback');
    expect(await payloadsOf(subscriber)).toEqual(['too many']);
  });

  it('of the broker itself comes too: statistics', async () => {
    const broker = new FourShards();
    const subscriber = await broker.clientAt(1, 'subscriber');
    askFor(subscriber, '$SYS/#');
    broker.shards[0]?.publish('$SYS/brokers/uptime', Buffer.from('1'), { retain: true });
    expect(await messagesOf(subscriber)).toEqual(['$SYS/brokers/uptime 1 0 live']);
  });

  it('comes once to a bridge, to a subscription of the API and to one of a program', async () => {
    const broker = new FourShards();
    const [hub] = broker.shards as [Shard];
    const [client, publisher] = await pair(broker);
    const queueBound = { messages: 100, bytes: 0 };
    const own = new OwnClient(hub, { clientId: 'own', lastPacketId: 4095, queueBound, queuesQos0: false });
    const transport = new MemoryTransport();
    transport.attach(own.attach(transport, { protocolVersion: 5, receiveMaximum: 100, isResumed: true }));
    const remote = new RawClient(new MemoryLink(transport, broker.settle), 5);
    broker.settle();

    own.subscribe({ topicFilter: 'of/bridge', qos: 1, raisesQos: false });
    void new ShardAdmin(hub, broker.clock).subscribe('subscriber', 'of/api', 1);
    const options = { qos: 1, retainAsPublished: false, retainHandling: 0, receiveMaximum: 10 } as const;
    const local = new LocalSubscriber(hub, 'of/program', options, () => {});
    for (const topic of ['of/bridge', 'of/api', 'of/program']) publisher.publish(topic, 'x', { qos: 1, retain: true });
    await publisher.ping();
    await broker.settled();
    // A bridge passes RETAIN on as it was published.
    expect([await messagesOf(remote), await messagesOf(client)]).toEqual([
      ['of/bridge x 1 retained'],
      ['of/api x 1 live'],
    ]);
    expect([local.take()?.topicName, local.take()]).toEqual(['of/program', null]);
  });

  it('comes once to a subscription whose SUBACK waits for room on the way to another shard', async () => {
    const broker = new FourShards();
    const publisher = await broker.clientAt(2, 'publisher');
    const { client: subscriber, transport } = broker.openAt(0);
    await subscriber.connect({ clientId: 'subscriber' });
    publisher.publish('k/a', 'before', { retain: true });
    await publisher.ping();
    const readOn = await fillWay(broker);
    askFor(subscriber, 'k/#');
    publisher.publish('k/b', 'meanwhile', { qos: 1, retain: true });
    await broker.settled();
    expect(subscriber.takeNow('suback')).toBeUndefined();
    readOn();
    await broker.settled();
    await subscriber.next('suback');
    expect(transport.isPaused).toBe(false);
    expect(await payloadsOf(subscriber)).toEqual(['before', 'meanwhile']);
  });
});

describe('a retained PUBLISH', () => {
  it('crosses once to each shard, receivers or not', async () => {
    const broker = new FourShards();
    const [subscriber, publisher] = await pair(broker);
    await subscriber.subscribe('t', 1);
    const told: string[] = [];
    for (const peer of broker.shards[1]?.peers.all ?? []) {
      for (const method of ['retain', 'publish'] as const) {
        const tell = peer[method].bind(peer) as (...values: unknown[]) => void;
        peer[method] = (...values: unknown[]) => {
          told.push(`${method} to ${peer.id}`);
          tell(...values);
        };
      }
    }
    publisher.publish('t', 'x', { qos: 1, retain: true });
    await publisher.next('puback');
    expect(told.sort()).toEqual(['retain to 0', 'retain to 2', 'retain to 3']);
    expect(await payloadsOf(subscriber)).toEqual(['x']);
  });

  it('leaves no route on a shard where nobody receives it', async () => {
    const broker = new FourShards();
    const [subscriber, publisher] = await pair(broker);
    await subscriber.subscribe('t/1', 1);
    for (let i = 0; i < 5; i++) publisher.publish(`t/${i}`, 'x', { qos: 1, retain: true });
    await publisher.ping();
    broker.settle();
    expect(broker.shards.map(({ routeCache }) => routeCache.size)).toEqual([1, 5, 0, 0]);
  });
});
