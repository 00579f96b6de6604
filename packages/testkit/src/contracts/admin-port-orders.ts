import { describe, expect, it } from 'vitest';
import type { AdminBench } from './admin-port.ts';
import { viewsOf } from './batches-of.ts';
import { durable } from './durable-session.ts';

/** Declares the tests of orders that concern one client. */
export function declareAdminOrders(bench: AdminBench): void {
  describe('kick', () => declareKick(bench));
  describe('subscribe', () => {
    declareSubscribe(bench);
    declareSubscribeLike(bench);
    declareSubscribeRefusals(bench);
  });
  describe('unsubscribe', () => declareUnsubscribe(bench));
}

function declareKick(bench: AdminBench): void {
  it('tells a client of 5.0 Administrative action [MQTT-3.14.0-1]', async () => {
    const client = await bench.harness.client(5, { clientId: 'c' });
    expect(await bench.harness.admin.kick('c')).toBe('kicked');
    expect(await client.next('disconnect')).toMatchObject({ reasonCode: 0x98 });
    await client.expectClosed();
  });

  it.each([3, 4] as const)('closes on a client of version %i without a word', async (version) => {
    const client = await bench.harness.client(version, { clientId: 'c' });
    expect(await bench.harness.admin.kick('c')).toBe('kicked');
    await client.expectClosed();
    expect(client.received.map(({ cmd }) => cmd)).toEqual(['connack']);
  });

  it('sends the will [MQTT-3.1.2-8]', async () => {
    const { harness } = bench;
    const witness = await harness.client(5, { clientId: 'w' });
    await witness.subscribe('will', 1);
    const will = { topic: 'will', payload: Buffer.from('kicked'), qos: 1 as const, retain: false };
    await harness.client(5, { clientId: 'c', will });
    await harness.admin.kick('c');
    expect(await witness.next('publish')).toMatchObject({ topic: 'will', payload: Buffer.from('kicked') });
  });

  it('ends the session as its expiry says', async () => {
    const { harness } = bench;
    await harness.client(5, durable(5, 'stays'));
    await harness.client(5, { clientId: 'ends' });
    expect(await harness.admin.kick('stays')).toBe('kicked');
    expect(await harness.admin.kick('ends')).toBe('kicked');
    expect(await harness.admin.kick('stays')).toBe('offline');
    expect(await harness.admin.kick('ends')).toBe('unknown-client');
    expect(await viewsOf(harness.admin.clients({}))).toMatchObject([{ clientId: 'stays', isOnline: false }]);
  });
}

function declareSubscribe(bench: AdminBench): void {
  it.each([3, 4, 5] as const)(
    'subscribes a client of version %i that is online, retained messages first',
    async (version) => {
      const { harness } = bench;
      const client = await harness.client(version, { clientId: 'c' });
      const publisher = await harness.client(5, { clientId: 'p' });
      publisher.publish('a/b', 'kept', { qos: 1, retain: true });
      await publisher.next('puback');
      expect(await harness.admin.subscribe('c', 'a/+', 2)).toBe('subscribed');
      publisher.publish('a/c', 'new', { qos: 2 });
      expect(await client.next('publish')).toMatchObject({ topic: 'a/b', qos: 1, retain: true });
      expect(await client.next('publish')).toMatchObject({ topic: 'a/c', qos: 2, retain: false });
      expect(await viewsOf(harness.admin.subscriptions({}))).toEqual([
        {
          clientId: 'c',
          topicFilter: 'a/+',
          qos: 2,
          noLocal: false,
          retainAsPublished: false,
          subscriptionIdentifier: 0,
        },
      ]);
    },
  );

  it('subscribes a session whose client is offline: retained messages and later ones come when it is back', async () => {
    const { harness } = bench;
    const first = await harness.client(5, durable(5, 'c'));
    first.send({ cmd: 'disconnect' });
    await first.expectClosed();
    const publisher = await harness.client(4, { clientId: 'p' });
    publisher.publish('a/b', 'kept', { retain: true });
    await publisher.ping();
    expect(await harness.admin.subscribe('c', 'a/#', 1)).toBe('subscribed');
    publisher.publish('a/c', 'new', { qos: 1 });
    await publisher.next('puback');
    const again = await harness.client(5, durable(5, 'c'));
    const came = [await again.next('publish'), await again.next('publish')];
    expect(came.map(({ topic, retain }) => `${topic}${retain ? '!' : ''}`).sort()).toEqual(['a/b!', 'a/c']);
    await again.expectNothing();
  });
}

function declareSubscribeLike(bench: AdminBench): void {
  it('replaces a subscription with the same filter and sends retained messages again [MQTT-3.8.4-3] [MQTT-3.8.4-4]', async () => {
    const { harness } = bench;
    const client = await harness.client(5, { clientId: 'c' });
    client.publish('a', 'kept', { retain: true });
    await client.subscribe([{ topic: 'a', qos: 0, nl: true }], 0, 5);
    await harness.admin.subscribe('c', 'a', 1);
    expect(await viewsOf(harness.admin.subscriptions({}))).toMatchObject([
      { topicFilter: 'a', qos: 1, noLocal: false, subscriptionIdentifier: 0 },
    ]);
    client.publish('a', 'own', { qos: 1 });
    expect(await client.next('publish')).toMatchObject({ payload: Buffer.from('kept'), retain: true });
    expect(await client.next('publish')).toMatchObject({ payload: Buffer.from('own'), qos: 1 });
    await client.next('puback');
    await client.expectNothing();
  });

  it('makes a member of a shared subscription, without retained messages', async () => {
    const { harness } = bench;
    const client = await harness.client(5, { clientId: 'c' });
    client.publish('a', 'kept', { retain: true });
    await client.ping();
    await harness.admin.subscribe('c', '$share/g/a', 1);
    await client.expectNothing();
    expect(await viewsOf(harness.admin.subscriptions({ shareName: 'g' }))).toMatchObject([{ clientId: 'c' }]);
  });
}

function declareSubscribeRefusals(bench: AdminBench): void {
  it.each([
    ['an empty filter [MQTT-4.7.3-1]', ''],
    ['# before the end [MQTT-4.7.1-1]', 'a/#/b'],
    ['+ in a level [MQTT-4.7.1-2]', 'a+/b'],
    ['a shared subscription without filter [MQTT-4.8.2-2]', '$share/g'],
    ['a share name with a wildcard [MQTT-4.8.2-2]', '$share/+/a'],
    ['U+0000 [MQTT-4.7.3-2]', 'a\0b'],
    ['half a surrogate pair [MQTT-1.5.4-1]', '\ud800'],
    ['65,536 bytes [MQTT-4.7.3-3]', 'x'.repeat(65_536)],
    ['more levels than allowed', 'a/'.repeat(128)],
  ])('refuses %s', async (_, topicFilter) => {
    const { harness } = bench;
    await harness.client(5, { clientId: 'c' });
    const refused = expect.objectContaining({ name: 'AdminError', code: 'INVALID_FILTER' });
    await expect(harness.admin.subscribe('c', topicFilter, 0)).rejects.toEqual(refused);
    expect(await viewsOf(harness.admin.subscriptions({}))).toEqual([]);
  });

  it('refuses what is above the limit of subscriptions, but not a change', async () => {
    const { harness } = bench;
    const client = await harness.client(4, { clientId: 'c' });
    await client.subscribe(Array.from({ length: 1200 }, (_, i) => ({ topic: `t/${i}`, qos: 0 as const })));
    const refused = expect.objectContaining({ code: 'INVALID_FILTER', message: expect.stringContaining('1200') });
    await expect(harness.admin.subscribe('c', 'one/more', 0)).rejects.toEqual(refused);
    expect(await harness.admin.subscribe('c', 't/7', 1)).toBe('subscribed');
    expect(await viewsOf(harness.admin.subscriptions({ qos: 1 }))).toMatchObject([{ topicFilter: 't/7' }]);
  });

  it('knows no client that has no session', async () => {
    expect(await bench.harness.admin.subscribe('nobody', 'a', 0)).toBe('unknown-client');
  });
}

function declareUnsubscribe(bench: AdminBench): void {
  it('ends the subscription, online and offline, and nothing comes any more [MQTT-3.10.4-2]', async () => {
    const { harness } = bench;
    const client = await harness.client(4, durable(4, 'c'));
    await client.subscribe('a', 1);
    await client.subscribe('b', 1);
    expect(await harness.admin.unsubscribe('c', 'a')).toBe('unsubscribed');
    client.publish('a', 'x');
    await client.expectNothing();
    client.send({ cmd: 'disconnect' });
    await client.expectClosed();
    expect(await harness.admin.unsubscribe('c', 'b')).toBe('unsubscribed');
    expect(await viewsOf(harness.admin.clientSubscriptions())).toEqual([]);
  });

  it('compares filters character by character [MQTT-3.10.4-1]', async () => {
    const { harness } = bench;
    const client = await harness.client(5, { clientId: 'c' });
    await client.subscribe('a/+', 1);
    for (const topicFilter of ['a/b', 'a/#', 'A/+', 'a/+ ', '']) {
      expect(await harness.admin.unsubscribe('c', topicFilter)).toBe('unknown-filter');
    }
    expect(await harness.admin.unsubscribe('nobody', 'a/+')).toBe('unknown-client');
    expect(await harness.admin.unsubscribe('c', 'a/+')).toBe('unsubscribed');
    expect(await harness.admin.unsubscribe('c', 'a/+')).toBe('unknown-filter');
  });
}
