import type { SubscriptionCriteria } from '@nanomq-ts/core';
import { describe, expect, it } from 'vitest';
import type { AdminBench } from './admin-port.ts';
import { batchesOf, viewsOf } from './batches-of.ts';
import { durable } from './durable-session.ts';

/** Declares the tests of the lists of subscriptions and of the topic tree. */
export function declareAdminSubscriptions(bench: AdminBench): void {
  describe('subscriptions', () => declareSubscriptions(bench));
  describe('subscription criteria', () => declareSubscriptionCriteria(bench));
  describe('topic tree', () => declareTopicTree(bench));
}

function declareSubscriptions(bench: AdminBench): void {
  it('shows each as it was made, by client', async () => {
    const { harness } = bench;
    await harness.client(4, { clientId: 'none' });
    const old = await harness.client(3, { clientId: 'old' });
    await old.subscribe('b', 1);
    const client = await harness.client(5, { clientId: 'c' });
    await client.subscribe([{ topic: 'a/+', qos: 2, nl: true, rap: true }], 0, 77);
    await client.subscribe('$share/g/a/#', 1);
    const plain = { noLocal: false, retainAsPublished: false, subscriptionIdentifier: 0 };
    const ofOld = { ...plain, clientId: 'old', topicFilter: 'b', qos: 1 };
    const special = { noLocal: true, retainAsPublished: true, subscriptionIdentifier: 77 };
    const ofClient = [
      { ...special, clientId: 'c', topicFilter: 'a/+', qos: 2 },
      { ...plain, clientId: 'c', topicFilter: '$share/g/a/#', qos: 1 },
    ];
    const byClient = await viewsOf(harness.admin.clientSubscriptions());
    expect(byClient.sort((a, b) => (a.clientId < b.clientId ? -1 : 1))).toEqual([
      { clientId: 'c', subscriptions: ofClient },
      { clientId: 'old', subscriptions: [ofOld] },
    ]);
    const all = await viewsOf(harness.admin.subscriptions({}));
    expect(all).toHaveLength(3);
    expect(all).toEqual(expect.arrayContaining([ofOld, ...ofClient]));
  });

  it('keeps those of a client that is offline, and none of a session that ended', async () => {
    const { harness } = bench;
    for (const [clientId, options] of [
      ['stays', durable(4, 'stays')],
      ['ends', { clientId: 'ends' }],
    ] as const) {
      const client = await harness.client(4, options);
      await client.subscribe(`of/${clientId}`);
      client.send({ cmd: 'disconnect' });
      await client.expectClosed();
    }
    await expect
      .poll(() => viewsOf(harness.admin.subscriptions({})))
      .toMatchObject([{ clientId: 'stays', topicFilter: 'of/stays' }]);
    expect(await viewsOf(harness.admin.clientSubscriptions())).toMatchObject([{ clientId: 'stays' }]);
  });

  it('lists many of one client in batches, in their order', async () => {
    const { harness } = bench;
    const client = await harness.client(5, { clientId: 'c' });
    const filters = Array.from({ length: 1200 }, (_, i) => `t/${i}`);
    await client.subscribe(filters.map((topic) => ({ topic, qos: 0 as const })));
    const batches = await batchesOf(harness.admin.subscriptions({}));
    expect(batches.length).toBeGreaterThan(2);
    expect(batches.flat().map(({ topicFilter }) => topicFilter)).toEqual(filters);
    const [whole] = await viewsOf(harness.admin.clientSubscriptions());
    expect(whole?.subscriptions.map(({ topicFilter }) => topicFilter)).toEqual(filters);
  });
}

function declareSubscriptionCriteria(bench: AdminBench): void {
  it.each<[title: string, criteria: SubscriptionCriteria, found: string[]]>([
    ['none', {}, ['$share/g/a c', '$share/h/a d', 'a c', 'a d', 'b/+ c']],
    ['client identifier', { clientId: 'd' }, ['$share/h/a d', 'a d']],
    ['a client that is not there', { clientId: 'x' }, []],
    ['the filter exactly', { topicFilter: 'a' }, ['a c', 'a d']],
    ['a filter that matches but is another', { topicFilter: 'b/#' }, []],
    ['a shared filter exactly', { topicFilter: '$share/g/a' }, ['$share/g/a c']],
    ['QoS', { qos: 2 }, ['$share/h/a d', 'b/+ c']],
    ['share name', { shareName: 'g' }, ['$share/g/a c']],
    ['not shared', { shareName: '' }, ['a c', 'a d', 'b/+ c']],
    ['several, which all must hold', { clientId: 'c', topicFilter: 'a', qos: 0 }, ['a c']],
    ['several, of which one does not', { clientId: 'c', topicFilter: 'a', qos: 1 }, []],
  ])('%s', async (_, criteria, found) => {
    const { harness } = bench;
    const c = await harness.client(5, { clientId: 'c' });
    const d = await harness.client(4, { clientId: 'd' });
    await c.subscribe('a', 0);
    await c.subscribe('b/+', 2);
    await c.subscribe('$share/g/a', 1);
    await d.subscribe('a', 1);
    await d.subscribe('$share/h/a', 2);
    const views = await viewsOf(harness.admin.subscriptions(criteria));
    expect(views.map(({ topicFilter, clientId }) => `${topicFilter} ${clientId}`).sort()).toEqual(found);
  });
}

function declareTopicTree(bench: AdminBench): void {
  it('is the root alone when nobody subscribes', async () => {
    expect(await bench.harness.admin.topicTree()).toEqual([[{ level: '', childCount: 0, clientIds: [] }]]);
  });

  it('has a node for each level and the clients whose filter ends there', async () => {
    const { harness } = bench;
    const c = await harness.client(5, { clientId: 'c' });
    const d = await harness.client(4, { clientId: 'd' });
    for (const filter of ['a/b', 'a/+', '/x', '$share/g/a']) await c.subscribe(filter);
    await d.subscribe('a/b');
    const tree = await harness.admin.topicTree();
    const texts = tree.map((nodes) =>
      nodes.map(({ level, childCount, clientIds }) => `${level}:${childCount}:${[...clientIds].sort().join()}`).sort(),
    );
    expect(texts).toEqual([[':3:'], ['$share:1:', ':1:', 'a:2:'], ['+:0:c', 'b:0:c,d', 'g:1:', 'x:0:c'], ['a:0:c']]);
  });

  it('is as deep as filters may be', async () => {
    const { harness } = bench;
    const client = await harness.client(4, { clientId: 'c' });
    await client.subscribe(`${'x/'.repeat(127)}#`);
    const tree = await harness.admin.topicTree();
    expect(tree).toHaveLength(129);
    expect(tree[128]).toEqual([{ level: '#', childCount: 0, clientIds: ['c'] }]);
  });
}
