import { DelayedStore, type RawClient, ShardHarness } from '@nanomq-ts/testkit';
import type { Packet } from 'mqtt-packet';
import { describe, expect, it, vi } from 'vitest';

/** Acknowledgements as `puback 3`. */
function acks(client: RawClient): string[] {
  const isAck = ({ cmd }: Packet) => ['puback', 'pubrec', 'pubcomp', 'suback', 'unsuback'].includes(cmd);
  return client.received.filter(isAck).map(({ cmd, messageId }) => `${cmd} ${messageId}`);
}

async function setUp(version: 4 | 5, receiveMaximum = 1024) {
  const store = new DelayedStore();
  const harness = new ShardHarness({ receiveMaximum }, { store });
  const properties = version === 5 ? { properties: { sessionExpiryInterval: 100 } } : {};
  const durable = await harness.client(version, { clientId: 'durable', clean: false, ...properties });
  const subscribed = durable.subscribe('a', 2);
  await durable.ping();
  store.commit();
  await subscribed;
  const publisher = await harness.client(version, { clientId: 'publisher', clean: false, ...properties });
  store.commit();
  return { store, harness, durable, publisher };
}

describe.each([
  ['3.1.1', 4],
  ['5.0', 5],
] as const)('the commit gate, MQTT %s', (_, version) => {
  it('keeps PUBACK and PUBREC back until the message is safe [MQTT-4.3.2-4] [MQTT-4.3.3-8]', async () => {
    const { store, publisher } = await setUp(version);
    publisher.publish('a', '1', { qos: 1, messageId: 11 });
    publisher.publish('a', '2', { qos: 2, messageId: 12 });
    await publisher.expectNothing();
    store.commit();
    await publisher.ping();
    expect(acks(publisher)).toEqual(['puback 11', 'pubrec 12']);
  });

  it('keeps PUBCOMP back until the packet identifier is free for good', async () => {
    const { store, publisher } = await setUp(version);
    publisher.autoAcknowledge = false;
    publisher.publish('a', '2', { qos: 2, messageId: 12 });
    store.commit();
    await publisher.next('pubrec');
    publisher.send({ cmd: 'pubrel', messageId: 12 });
    await publisher.expectNothing();
    store.commit();
    expect(await publisher.next('pubcomp')).toMatchObject({ messageId: 12 });
  });

  it('keeps SUBACK back until the subscription is safe', async () => {
    const { store, publisher } = await setUp(version);
    publisher.send({ cmd: 'subscribe', messageId: 9, subscriptions: [{ topic: 'x', qos: 1 }] });
    await publisher.expectNothing();
    store.commit();
    expect(await publisher.next('suback')).toMatchObject({ messageId: 9, granted: [1] });
  });

  it('keeps UNSUBACK back until the subscription is gone for good', async () => {
    const { store, durable } = await setUp(version);
    durable.send({ cmd: 'unsubscribe', messageId: 9, unsubscriptions: ['a'] });
    await durable.expectNothing();
    store.commit();
    expect(await durable.next('unsuback')).toMatchObject({ messageId: 9 });
  });

  it('keeps PUBACK back until the retained message is safe', async () => {
    const { store, publisher } = await setUp(version);
    publisher.publish('nobody', 'x', { qos: 1, retain: true, messageId: 3 });
    await publisher.expectNothing();
    store.commit();
    expect(await publisher.next('puback')).toMatchObject({ messageId: 3 });
  });

  it('keeps the repeated PUBREC back like the first [MQTT-4.3.3-10] [v3.1.1 MQTT-4.3.3-2]', async () => {
    const { store, publisher } = await setUp(version);
    publisher.autoAcknowledge = false;
    for (const dup of [false, true]) publisher.publish('a', '2', { qos: 2, messageId: 12, dup });
    await publisher.expectNothing();
    store.commit();
    await publisher.ping();
    expect(acks(publisher)).toEqual(['pubrec 12', 'pubrec 12']);
    expect(store.changes.filter(([method]) => method === 'inboundIdAdded')).toHaveLength(1);
  });

  it('keeps nothing from subscribers: they do not wait for the commit', async () => {
    const { durable, publisher } = await setUp(version);
    for (const qos of [0, 1, 2] as const) publisher.publish('a', `${qos}`, { qos });
    await publisher.expectNothing();
    await durable.ping();
    const got = durable.received.flatMap((packet) => (packet.cmd === 'publish' ? [packet.payload.toString()] : []));
    expect(got).toEqual(['0', '1', '2']);
  });

  it('keeps the order of every kind of acknowledgement [MQTT-4.3.2-4] [MQTT-4.3.3-8] [MQTT-4.3.3-11]', async () => {
    const { store, publisher } = await setUp(version);
    publisher.autoAcknowledge = false;
    publisher.publish('a', 'x', { qos: 2, messageId: 1 });
    publisher.publish('nobody', 'x', { qos: 1, messageId: 2 });
    publisher.send({ cmd: 'subscribe', messageId: 3, subscriptions: [{ topic: 'x', qos: 1 }] });
    publisher.send({ cmd: 'pubrel', messageId: 1 });
    publisher.publish('a', 'x', { qos: 1, messageId: 4 });
    publisher.send({ cmd: 'unsubscribe', messageId: 5, unsubscriptions: ['x'] });
    const order = ['pubrec 1', 'puback 2', 'suback 3', 'pubcomp 1', 'puback 4', 'unsuback 5'];
    for (let open = store.handedOver - store.committed; open > 0; open--) {
      store.commit(1);
      await publisher.ping();
      expect(acks(publisher)).toEqual(order.slice(0, acks(publisher).length));
    }
    expect(acks(publisher)).toEqual(order);
  });

  it('lets out only what is safe, and everything in its order', async () => {
    const { store, publisher } = await setUp(version);
    for (const messageId of [1, 2, 3]) publisher.publish('a', 'x', { qos: 1, messageId });
    await publisher.expectNothing();
    store.commit(1);
    await publisher.ping();
    expect(acks(publisher)).toEqual(['puback 1']);
    // Nothing to store for it, but it may not overtake.
    publisher.publish('nobody', 'x', { qos: 1, messageId: 4 });
    await publisher.ping();
    expect(acks(publisher)).toEqual(['puback 1']);
    store.commit();
    await publisher.ping();
    expect(acks(publisher)).toEqual(['puback 1', 'puback 2', 'puback 3', 'puback 4']);
  });

  it('lets nothing overtake what a store has committed and not yet told of', async () => {
    const { store, publisher } = await setUp(version);
    publisher.publish('a', 'x', { qos: 1, messageId: 1 });
    await publisher.ping();
    vi.spyOn(store, 'committed', 'get').mockReturnValue(store.handedOver);
    publisher.publish('nobody', 'x', { qos: 1, messageId: 2 });
    await publisher.ping();
    expect(acks(publisher)).toEqual([]);
    vi.restoreAllMocks();
    store.commit();
    await publisher.ping();
    expect(acks(publisher)).toEqual(['puback 1', 'puback 2']);
  });

  it('is open again when nothing is uncommitted', async () => {
    const { store, harness, durable, publisher } = await setUp(version);
    durable.destroy();
    publisher.publish('a', 'x', { qos: 1, messageId: 1 });
    store.commit();
    await publisher.next('puback');
    expect(harness.shard.gate.heldCount).toBe(0);
    publisher.publish('nobody', 'x', { qos: 1, messageId: 2 });
    expect(await publisher.next('puback')).toMatchObject({ messageId: 2 });
  });

  it('forgets what it held for a connection that is gone, also when the client is back', async () => {
    const { store, harness, publisher } = await setUp(version);
    publisher.publish('a', 'x', { qos: 1, messageId: 1 });
    await publisher.expectNothing();
    publisher.destroy();
    const properties = version === 5 ? { properties: { sessionExpiryInterval: 100 } } : {};
    const again = await harness.client(version, { clientId: 'publisher', clean: false, ...properties });
    store.commit();
    await again.expectNothing();
    expect(harness.shard.gate.heldCount).toBe(0);
  });

  it('tells the store of a message until it is acknowledged', async () => {
    const { store, durable, publisher } = await setUp(version);
    durable.autoAcknowledge = false;
    const before = store.changes.length;
    publisher.publish('a', 'x', { qos: 1 });
    const { messageId } = await durable.next('publish');
    expect(store.changes.slice(before).map(([method]) => method)).toEqual(['messageAdded']);
    durable.send({ cmd: 'puback', messageId: messageId as number });
    await durable.ping();
    const [added, removed] = store.changes.slice(before);
    expect(removed).toEqual(['messageRemoved', 'durable', added?.[2]]);
  });
});

describe('CommitGate.whenSafe', () => {
  it('settles with the last change handed over before it, and at once when nothing is open', async () => {
    const { store, harness, publisher } = await setUp(5);
    const { gate } = harness.shard;
    await gate.whenSafe();
    const settled: string[] = [];
    for (const name of ['first', 'second']) {
      publisher.publish('a', 'x', { qos: 1 });
      void gate.whenSafe().then(() => settled.push(name));
    }
    // The subscriber has acknowledged nothing yet, so there is one change for each message.
    for (const expected of [['first'], ['first', 'second']]) {
      store.commit(1);
      await Promise.resolve();
      await Promise.resolve();
      expect(settled).toEqual(expected);
    }
  });
});

describe('what the gate holds and the receive maximum', () => {
  it('counts a QoS 1 message until its PUBACK went out [MQTT-3.3.4-7]', async () => {
    const { store, publisher } = await setUp(5, 2);
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 2; i++) publisher.publish('a', 'x', { qos: 1 });
      await publisher.expectNothing();
      store.commit();
      for (let i = 0; i < 2; i++) await publisher.next('puback');
    }
    for (let i = 0; i < 3; i++) publisher.publish('a', 'x', { qos: 1 });
    expect(await publisher.next('disconnect')).toMatchObject({ reasonCode: 0x93 });
  });

  it('counts a QoS 2 message once while PUBREC is held, and until PUBCOMP went out [MQTT-3.3.4-7]', async () => {
    const { store, publisher } = await setUp(5, 2);
    publisher.autoAcknowledge = false;
    publisher.publish('a', '1', { qos: 2, messageId: 1 });
    publisher.publish('a', '2', { qos: 2, messageId: 2 });
    await publisher.expectNothing();
    store.commit();
    await publisher.next('pubrec');
    await publisher.next('pubrec');
    publisher.send({ cmd: 'pubrel', messageId: 1 });
    publisher.publish('a', '3', { qos: 1, messageId: 3 });
    expect(await publisher.next('disconnect')).toMatchObject({ reasonCode: 0x93 });
  });

  it('does not count PUBCOMP for what an earlier connection began [MQTT-4.9.0-1]', async () => {
    const { store, harness, publisher } = await setUp(5, 2);
    publisher.autoAcknowledge = false;
    publisher.publish('a', '1', { qos: 2, messageId: 1 });
    publisher.publish('a', '2', { qos: 2, messageId: 2 });
    store.commit();
    await publisher.next('pubrec');
    publisher.destroy();
    const properties = { sessionExpiryInterval: 100 };
    const again = await harness.client(5, { clientId: 'publisher', clean: false, properties });
    again.send({ cmd: 'pubrel', messageId: 1 });
    again.send({ cmd: 'pubrel', messageId: 2 });
    again.publish('a', '3', { qos: 1, messageId: 3 });
    again.publish('a', '4', { qos: 1, messageId: 4 });
    await again.expectNothing();
    store.commit();
    await again.ping();
    expect(acks(again)).toEqual(['pubcomp 1', 'pubcomp 2', 'puback 3', 'puback 4']);
  });

  it('holds the input of a 3.1.1 client in place of refusing it: it knows no receive maximum', async () => {
    const { store, harness, publisher } = await setUp(4, 2);
    for (let messageId = 1; messageId <= 5; messageId++) publisher.publish('a', 'x', { qos: 1, messageId });
    harness.clock.runTurn();
    expect(harness.shard.counters.publishReceived).toBe(2);
    for (let i = 0; i < 3; i++) {
      store.commit();
      await publisher.next('puback');
    }
    await publisher.next('puback');
    store.commit();
    await publisher.next('puback');
    expect(acks(publisher)).toEqual(['puback 1', 'puback 2', 'puback 3', 'puback 4', 'puback 5']);
    await publisher.ping();
  });
});
