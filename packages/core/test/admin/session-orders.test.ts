import { DelayedStore } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { ShardAdminHarness } from './shard-admin-harness.ts';

const DURABLE = { clientId: 'c', clean: false };

describe('orders for one session', () => {
  it('subscribe without asking Access', async () => {
    const access = {
      checksPublish: false,
      authenticate: () => 0,
      publish: () => 0,
      subscribe: () => 0x87,
    };
    const harness = new ShardAdminHarness({}, { access });
    const client = await harness.client(5, { clientId: 'c' });
    expect((await client.subscribe('a', 1)).granted).toEqual([0x87]);
    expect(await harness.admin.subscribe('c', 'a', 1)).toBe('subscribed');
    client.publish('a', 'x', { qos: 1 });
    expect(await client.next('publish')).toMatchObject({ topic: 'a', qos: 1 });
  });

  it('tell the store and settle when it is safe', async () => {
    const store = new DelayedStore();
    const harness = new ShardAdminHarness({}, { store });
    await harness.client(4, DURABLE);
    store.commit();
    const before = store.changes.length;
    const { admin } = harness;
    for (const order of [() => admin.subscribe('c', 'a', 1), () => admin.unsubscribe('c', 'a')]) {
      let isSettled = false;
      const settled = order().then(() => (isSettled = true));
      await new Promise(setImmediate);
      expect(isSettled).toBe(false);
      store.commit();
      await settled;
    }
    expect(store.changes.slice(before)).toEqual([
      ['subscriptionSaved', 'c', 'a', 1],
      ['subscriptionRemoved', 'c', 'a'],
    ]);
  });

  it('bring no retained message twice to a client that was subscribed twice while it was away', async () => {
    const harness = new ShardAdminHarness();
    const first = await harness.client(4, DURABLE);
    first.publish('a', 'kept', { retain: true });
    await first.ping();
    first.destroy();
    await harness.admin.subscribe('c', 'a', 0);
    await harness.admin.subscribe('c', '+', 1);
    await harness.admin.subscribe('c', 'a', 1);
    const again = await harness.client(4, DURABLE);
    const topics = [await again.next('publish'), await again.next('publish')].map(({ topic }) => topic);
    expect(topics).toEqual(['a', 'a']);
    await again.expectNothing();
  });

  it('bring no retained message when the subscription is gone before the client is back', async () => {
    const harness = new ShardAdminHarness();
    const first = await harness.client(4, DURABLE);
    first.publish('a', 'kept', { retain: true });
    await first.ping();
    first.destroy();
    await harness.admin.subscribe('c', 'a', 0);
    await harness.admin.unsubscribe('c', 'a');
    expect(harness.shard.sessions.find('c')?.replays).toBe(null);
    await (await harness.client(4, DURABLE)).expectNothing();
  });

  it('send retained messages after what was published before', async () => {
    const harness = new ShardAdminHarness();
    const client = await harness.client(4, { clientId: 'c' });
    await client.subscribe('first');
    harness.shard.publish('kept', Buffer.from('x'), { retain: true });
    // In one turn: a message that is collected, then the order.
    harness.shard.publish('first', Buffer.from('x'));
    await harness.admin.subscribe('c', 'kept', 0);
    const topics = [await client.next('publish'), await client.next('publish')].map(({ topic }) => topic);
    expect(topics).toEqual(['first', 'kept']);
  });

  it('kick a client that does not read', async () => {
    const harness = new ShardAdminHarness();
    const { client, transport } = harness.open(5);
    await client.connect({ clientId: 'c' });
    transport.congest();
    expect(await harness.admin.kick('c')).toBe('kicked');
    expect(await harness.admin.kick('c')).toBe('unknown-client');
    transport.relieve();
    expect(await client.next('disconnect')).toMatchObject({ reasonCode: 0x98 });
    await client.expectClosed();
  });
});
