import { AdminError, type BrokerFigures, type ClientView } from '@nanomq-ts/core';
import { describeAdminPort } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { RemoteAdmin, shardTimeout } from '../../src/gather/remote-admin.ts';
import { GatheredHarness } from './gathered-harness.ts';

describeAdminPort('four shards and a hub', async (options) => new GatheredHarness(options));

async function idsOf(list: AsyncIterable<readonly ClientView[]>): Promise<string[]> {
  const ids: string[] = [];
  for await (const batch of list) ids.push(...batch.map(({ clientId }) => clientId));
  return ids;
}

describe('gathering', () => {
  it('lists the clients of all shards, one shard after the other', async () => {
    const harness = new GatheredHarness();
    for (let i = 0; i < 8; i++) await harness.client(5, { clientId: `c${i}` });
    expect(await idsOf(harness.admin.clients({}))).toEqual(['c0', 'c4', 'c1', 'c5', 'c2', 'c6', 'c3', 'c7']);
    const { connections, connectionsByShard, shards } = await harness.admin.figures();
    expect([connections, connectionsByShard, shards]).toEqual([8, { 1: 2, 2: 2, 3: 2, 4: 2 }, 4]);
  });

  it('a shard that does not answer in time ends what asked for it with SHARD_TIMEOUT', async () => {
    const harness = new GatheredHarness();
    const silent = new RemoteAdmin(() => Promise.reject(shardTimeout(9)));
    harness.gathered.add({ id: 9, admin: silent });
    const refused = expect.objectContaining({ name: 'AdminError', code: 'SHARD_TIMEOUT' });
    await expect(harness.admin.figures()).rejects.toEqual(refused);
    await expect(idsOf(harness.admin.clients({}))).rejects.toEqual(refused);
    expect(shardTimeout(9)).toBeInstanceOf(AdminError);
  });

  it('a shard that is lost while it or another one is asked counts once, and refuses nobody an answer', async () => {
    const harness = new GatheredHarness();
    const figures = { ...(await harness.admin.figures()), connectionsAccepted: 100 };
    const questions: { kind: string; fail: (error: Error) => void }[] = [];
    const quick = new RemoteAdmin(async () => figures as never);
    const slow = new RemoteAdmin(({ kind }) => new Promise((_, fail) => questions.push({ kind, fail })));
    harness.gathered.add({ id: 9, admin: slow });
    harness.gathered.figuresTold(9, figures);
    const list = idsOf(harness.admin.clients({}));
    while (questions.length === 0) await new Promise(setImmediate);
    harness.gathered.add({ id: 8, admin: quick });
    const sum = harness.admin.figures();
    await new Promise(setImmediate);
    for (const id of [8, 9]) harness.gathered.lost(id);
    expect(questions.map(({ kind }) => kind)).toEqual(['openList', 'figures']);
    for (const { fail } of questions) fail(new Error('the thread has ended'));
    expect(await sum).toMatchObject({ shards: 4, shardsLost: 2, connectionsAccepted: 200 });
    expect(await list).toEqual([]);
  });

  it('counters of a shard that was lost are kept, what it held is not', async () => {
    const harness = new GatheredHarness();
    for (let i = 0; i < 4; i++) await harness.client(5, { clientId: `c${i}` });
    const before: BrokerFigures = await harness.admin.figures();
    harness.gathered.lost(2);
    const after = await harness.admin.figures();
    expect(after).toMatchObject({ connections: 3, sessions: 3, shards: 3, shardsLost: 1 });
    expect(after.connectionsAccepted).toBe(before.connectionsAccepted);
    expect(after.bytesReceived).toBe(before.bytesReceived);
    expect(after.connectionsByShard).toEqual({ 1: 1, 3: 1, 4: 1 });
  });
});
