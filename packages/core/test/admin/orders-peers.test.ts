import { type Shard, ShardAdmin } from '@nanomq-ts/core';
import { describe, expect, it } from 'vitest';
import { FourShards, fillWay, payloadsOf } from '../peers/four-shards.ts';

const RETAINED = { clientId: 'api', topicName: 't', payload: Buffer.from('kept'), qos: 1, properties: {} } as const;

/** Four shards, and the administration of the first of them. */
function brokerWithAdmin() {
  const broker = new FourShards();
  const pace = { isSpent: () => true, nextTurn: async () => void broker.settle() };
  return { broker, admin: new ShardAdmin(broker.shards[0] as Shard, broker.clock, pace) };
}

/** @returns what the order was answered with so far */
function answersOf(order: Promise<unknown>): unknown[] {
  const answers: unknown[] = [];
  void order.then((answer) => answers.push(answer));
  return answers;
}

describe('orders while the way to another shard is full', () => {
  it('subscribe is answered when that shard can know', async () => {
    const { broker, admin } = brokerWithAdmin();
    const subscriber = await broker.clientAt(0, 'c');
    const publisher = await broker.clientAt(1, 'publisher');
    const readOn = await fillWay(broker);
    const answers = answersOf(admin.subscribe('c', 't', 1));
    await broker.settled();
    expect(answers).toEqual([]);
    readOn();
    await broker.settled();
    expect(answers).toEqual(['subscribed']);
    publisher.publish('t', 'x', { qos: 1 });
    expect((await publisher.next('puback')).reasonCode).toBe(0);
    expect(await payloadsOf(subscriber)).toEqual(['x']);
  });

  it('subscribe brings what that shard retained without knowing of it [MQTT-3.3.1-9]', async () => {
    const { broker, admin } = brokerWithAdmin();
    const subscriber = await broker.clientAt(0, 'c');
    const publisher = await broker.clientAt(1, 'publisher');
    const readOn = await fillWay(broker);
    void admin.subscribe('c', 't', 1);
    await broker.settled();
    // What the second shard tells still arrives.
    publisher.publish('t', 'kept', { qos: 1, retain: true });
    broker.shards[1]?.peers.commit();
    await broker.settled();
    readOn();
    await broker.settled();
    expect(await payloadsOf(subscriber)).toEqual(['kept']);
  });

  it('subscribe brings what is retained once, before it is answered, and nothing after the subscription has ended', async () => {
    const { broker, admin } = brokerWithAdmin();
    const subscriber = await broker.clientAt(0, 'c');
    subscriber.publish('t', 'kept', { retain: true });
    const readOn = await fillWay(broker);
    const answers = answersOf(admin.subscribe('c', 't', 1));
    expect(await admin.unsubscribe('c', 't')).toBe('unsubscribed');
    subscriber.publish('t', 'later', { retain: true });
    readOn();
    await broker.settled();
    expect(answers).toEqual(['subscribed']);
    expect(await payloadsOf(subscriber)).toEqual(['kept']);
  });

  it('publish is answered when that shard has what is retained, and at once when nothing is', async () => {
    const { broker, admin } = brokerWithAdmin();
    const subscriber = await broker.clientAt(1, 'subscriber');
    const readOn = await fillWay(broker);
    await admin.publish({ ...RETAINED, topicName: 'not', retain: false });
    const answers = answersOf(admin.publish({ ...RETAINED, retain: true }));
    await broker.settled();
    expect(answers).toEqual([]);
    readOn();
    await broker.settled();
    expect(answers).toHaveLength(1);
    await subscriber.subscribe('t', 1);
    expect(await payloadsOf(subscriber)).toEqual(['kept']);
  });

  it('a deletion of what is retained is answered when that shard can know', async () => {
    const { broker, admin } = brokerWithAdmin();
    await admin.publish({ ...RETAINED, retain: true });
    await broker.settled();
    const readOn = await fillWay(broker);
    const answers = answersOf(admin.deleteRetained('#'));
    await broker.settled();
    expect(answers).toEqual([]);
    readOn();
    await broker.settled();
    expect(answers).toEqual([1]);
    expect(broker.shards.map(({ retained }) => retained.size)).toEqual([0, 0, 0, 0]);
  });

  it('kick and unsubscribe wait for nobody', async () => {
    const { broker, admin } = brokerWithAdmin();
    const client = await broker.clientAt(0, 'c');
    await client.subscribe('t', 1);
    await fillWay(broker);
    expect(await admin.unsubscribe('c', 't')).toBe('unsubscribed');
    expect(await admin.kick('c')).toBe('kicked');
  });
});
