import { batchesOf, viewsOf } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { BATCH_STEPS } from '../../src/admin/batches.ts';
import { enter, namesOf } from './crowd.ts';
import { ShardAdminHarness } from './shard-admin-harness.ts';

describe('walks over subscriptions', () => {
  it('go over 10,000 clients in turns', async () => {
    const harness = new ShardAdminHarness();
    for (const clientId of namesOf('c', 10_000)) enter(harness.shard, clientId, [`to/${clientId}`, 'to/all']);
    const filters = (await batchesOf(harness.admin.subscriptions({}))).flat().map(({ topicFilter }) => topicFilter);
    expect(filters).toHaveLength(20_000);
    expect(new Set(filters).size).toBe(10_001);
    const turns = 1 + 30_000 / BATCH_STEPS;
    expect(harness.turns).toBe(turns);
    expect(await viewsOf(harness.admin.clientSubscriptions())).toHaveLength(10_000);
    expect(harness.turns).toBe(turns + 1 + 20_000 / BATCH_STEPS);
  });

  it('go over clients without subscriptions in turns too', async () => {
    const harness = new ShardAdminHarness();
    for (const clientId of namesOf('c', 10_000)) enter(harness.shard, clientId);
    expect(await viewsOf(harness.admin.subscriptions({}))).toEqual([]);
    expect(await viewsOf(harness.admin.clientSubscriptions())).toEqual([]);
    expect(harness.turns).toBe(2 * (1 + 10_000 / BATCH_STEPS));
  });

  it('end a batch at a client with very many, which comes whole', async () => {
    const harness = new ShardAdminHarness();
    enter(harness.shard, 'few', ['a']);
    enter(harness.shard, 'many', namesOf('t', 5000));
    enter(harness.shard, 'last', ['b']);
    const batches = await batchesOf(harness.admin.clientSubscriptions());
    const clientIds = batches.map((batch) => batch.map(({ clientId }) => clientId));
    expect(clientIds).toEqual([['few', 'many'], ['last']]);
    expect(batches[0]?.[1]?.subscriptions).toHaveLength(5000);
  });

  it('list nothing twice and nothing that is gone when a client changes its mind meanwhile', async () => {
    const harness = new ShardAdminHarness();
    const client = await harness.client(5, { clientId: 'c' });
    const filters = namesOf('t', 1300);
    await client.subscribe(filters.map((topic) => ({ topic, qos: 0 as const })));
    harness.onTurn = () => {
      // The walk has begun, and given the first batch.
      if (harness.turns < 2) return;
      harness.onTurn = () => {};
      void client.unsubscribe('t-0', 't-1200', 't-1299');
      void client.subscribe('t-0');
    };
    const listed = (await viewsOf(harness.admin.subscriptions({}))).map(({ topicFilter }) => topicFilter);
    expect(listed).toEqual(filters.filter((filter) => filter !== 't-1200' && filter !== 't-1299'));
  });

  it('pass over the rest of a client that leaves meanwhile', async () => {
    const harness = new ShardAdminHarness();
    const transport = enter(harness.shard, 'leaves', namesOf('t', 2000));
    enter(harness.shard, 'stays', ['a']);
    harness.onTurn = () => harness.turns > 1 && transport.resetByPeer();
    const listed = await viewsOf(harness.admin.subscriptions({}));
    expect(listed.at(-1)).toMatchObject({ clientId: 'stays', topicFilter: 'a' });
    expect(listed.length).toBeLessThanOrEqual(BATCH_STEPS + 1);
  });
});

describe('the topic tree', () => {
  it('of 10,000 clients grows in turns', async () => {
    const harness = new ShardAdminHarness();
    const names = namesOf('c', 10_000);
    for (const clientId of names) enter(harness.shard, clientId, [`device/${clientId}/+`]);
    const tree = await harness.admin.topicTree();
    expect(tree.map((level) => level.length)).toEqual([1, 1, 10_000, 10_000]);
    expect(tree[2]?.[77]).toEqual({ level: 'c-77', childCount: 1, clientIds: [] });
    expect(tree[3]?.[77]).toEqual({ level: '+', childCount: 0, clientIds: ['c-77'] });
    expect(harness.turns).toBeGreaterThan(60);
  });

  it('has names that mean something to JavaScript as plain levels', async () => {
    const harness = new ShardAdminHarness();
    enter(harness.shard, '__proto__', ['__proto__/constructor', 'toString']);
    const tree = await harness.admin.topicTree();
    expect(tree.map((level) => level.map((node) => node.level))).toEqual([
      [''],
      ['__proto__', 'toString'],
      ['constructor'],
    ]);
    expect(tree[2]?.[0]?.clientIds).toEqual(['__proto__']);
  });
});
