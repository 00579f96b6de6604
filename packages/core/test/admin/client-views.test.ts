import { batchesOf, viewsOf } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { BATCH_STEPS } from '../../src/admin/batches.ts';
import { enter, namesOf } from './crowd.ts';
import { ShardAdminHarness } from './shard-admin-harness.ts';

const CROWD = 10_000;

describe('a walk over 10,000 clients', () => {
  it('gives each once, in batches, with a turn after each', async () => {
    const harness = new ShardAdminHarness();
    const names = namesOf('c', CROWD);
    for (const clientId of names) enter(harness.shard, clientId);
    const batches = await batchesOf(harness.admin.clients({}));
    expect(batches).toHaveLength(CROWD / BATCH_STEPS);
    expect(harness.turns).toBe(1 + CROWD / BATCH_STEPS);
    expect(batches.flat().map(({ clientId }) => clientId)).toEqual(names);
  });

  it('takes as many turns for a criterion that one client meets', async () => {
    const harness = new ShardAdminHarness();
    for (const clientId of namesOf('c', CROWD)) enter(harness.shard, clientId);
    await harness.client(5, { clientId: 'the one' });
    expect(await viewsOf(harness.admin.clients({ protocolVersion: 5 }))).toMatchObject([{ clientId: 'the one' }]);
    expect(harness.turns).toBe(1 + CROWD / BATCH_STEPS);
  });

  it('asks for one client by name without a walk', async () => {
    const harness = new ShardAdminHarness();
    for (const clientId of namesOf('c', CROWD)) enter(harness.shard, clientId);
    expect(await viewsOf(harness.admin.clients({ clientId: 'c-9000' }))).toMatchObject([{ clientId: 'c-9000' }]);
    expect(harness.turns).toBe(1);
  });

  it('ends and lists nobody twice while clients come back all the time', async () => {
    const harness = new ShardAdminHarness();
    const names = namesOf('c', 2000);
    for (const clientId of names) enter(harness.shard, clientId);
    let next = 0;
    harness.onTurn = () => {
      // Each takes its session over with a clean start: an old one ends, a new one is made.
      for (let i = 0; i < 10 * BATCH_STEPS; i++) enter(harness.shard, names[next++ % names.length] as string);
    };
    const listed = (await viewsOf(harness.admin.clients({}))).map(({ clientId }) => clientId);
    expect(new Set(listed).size).toBe(listed.length);
    expect(harness.turns).toBeLessThanOrEqual(1 + names.length / BATCH_STEPS);
  });

  it('does not list who left meanwhile', async () => {
    const harness = new ShardAdminHarness();
    const names = namesOf('c', 700);
    const transports = names.map((clientId) => enter(harness.shard, clientId));
    harness.onTurn = () => transports[650]?.resetByPeer();
    const listed = (await viewsOf(harness.admin.clients({}))).map(({ clientId }) => clientId);
    expect(listed).toEqual(names.filter((name) => name !== 'c-650'));
  });

  it('may be left early', async () => {
    const harness = new ShardAdminHarness();
    for (const clientId of namesOf('c', 1200)) enter(harness.shard, clientId);
    for await (const batch of harness.admin.clients({})) {
      expect(batch).toHaveLength(BATCH_STEPS);
      break;
    }
    expect(harness.turns).toBe(1);
  });
});
