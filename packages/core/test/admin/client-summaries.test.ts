import { batchesOf, RandomSource, type RawConnectOptions, viewsOf } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { KEPT_MS } from '../../src/admin/client-summaries.ts';
import type { ClientSummary } from '../../src/ports/admin.ts';
import { BLOCK_SESSIONS } from '../../src/session/session-blocks.ts';
import { enter, namesOf } from './crowd.ts';
import { ShardAdminHarness } from './shard-admin-harness.ts';

const CROWD = 10_000;

/** All clients as the list without memory shows them. */
function freshSummaries({ shard }: ShardAdminHarness): ClientSummary[] {
  return [...shard.sessions.walk()].map((session) => ({
    clientId: session.clientId,
    username: session.username ?? '',
    isOnline: session.connection !== null,
    protocolVersion: session.protocolVersion,
    keepAliveSeconds: session.keepAliveSeconds,
    receivedMessages: session.receivedMessages,
  }));
}

function summaries({ admin }: ShardAdminHarness): Promise<ClientSummary[]> {
  return viewsOf(admin.clientSummaries());
}

/** How many of the summaries are the objects that were given before. */
function countSame(before: readonly object[], after: readonly object[]): number {
  const known = new Set(before);
  return after.filter((summary) => known.has(summary)).length;
}

/** Clients come and go, a third of a block and more at a time. */
function churn(harness: ShardAdminHarness, random: RandomSource): () => void {
  const names = namesOf('c', 6 * BLOCK_SESSIONS);
  const lines = new Map(names.map((name) => [name, enter(harness.shard, name)]));
  return () => {
    for (let i = random.below(3 * BLOCK_SESSIONS); i > 0; i--) {
      const name = random.pick(names);
      if (random.below(2) === 0) lines.get(name)?.resetByPeer();
      else lines.set(name, enter(harness.shard, name, [], random.below(2) === 0));
    }
  };
}

describe('summaries of all clients, given again', () => {
  it('are the same objects in the same batches while nothing changes', async () => {
    const harness = new ShardAdminHarness();
    for (const name of namesOf('c', 2 * BLOCK_SESSIONS + 5)) enter(harness.shard, name, ['a/#']);
    const first = await batchesOf(harness.admin.clientSummaries());
    const second = await batchesOf(harness.admin.clientSummaries());
    expect(first.map(({ length }) => length)).toEqual([BLOCK_SESSIONS, BLOCK_SESSIONS, 5]);
    expect(countSame(first, second)).toBe(3);
    expect(countSame(first.flat(), second.flat())).toBe(2 * BLOCK_SESSIONS + 5);
  });

  it('are made anew for what has changed, and only for that', async () => {
    const harness = new ShardAdminHarness();
    enter(harness.shard, 'before');
    const terms = { clientId: 'c', clean: false, properties: { sessionExpiryInterval: 100 } };
    const client = await harness.client(5, { ...terms, username: 'one' });
    enter(harness.shard, 'after');
    let last = await summaries(harness);

    /** The lists agree, and `changed` of the three summaries are others than before. */
    async function expectChanged(changed: number): Promise<void> {
      const now = await summaries(harness);
      expect(now).toEqual(freshSummaries(harness));
      expect(now.length - countSame(last, now)).toBe(changed);
      last = now;
    }

    await expectChanged(0);
    await client.subscribe('t', 1);
    await expectChanged(0);
    client.publish('nobody');
    await expectChanged(1);
    client.publish('nobody', 'x', { qos: 1 });
    await expectChanged(1);
    client.send({ cmd: 'disconnect' });
    await expectChanged(1);
    expect(last[1]?.isOnline).toBe(false);
    const again = await harness.client(5, { ...terms, username: 'two' });
    await expectChanged(1);
    // Taken over by one who says the same.
    await harness.client(5, { ...terms, username: 'two' });
    await expectChanged(0);
    await again.expectClosed();
    await expectChanged(0);
  });

  /** Goes online with other terms and offline again, so that both summaries are of an offline client. */
  it.each<[string, 4 | 5, RawConnectOptions, number]>([
    ['another user', 5, { username: 'other' }, 0],
    ['another keep alive', 5, { keepAliveSeconds: 7 }, 0],
    ['another version', 4, {}, 0],
    ['nothing that is shown', 5, { properties: { sessionExpiryInterval: 20 } }, 1],
  ])('follow who came and went between two lists: %s', async (_, version, terms, same) => {
    const harness = new ShardAdminHarness();
    const usual = { clientId: 'c', clean: false, username: 'one', properties: { sessionExpiryInterval: 1000 } };
    (await harness.client(5, usual)).destroy();
    const before = await summaries(harness);
    (await harness.client(version, { ...usual, ...terms })).destroy();
    const after = await summaries(harness);
    expect(after).toEqual(freshSummaries(harness));
    expect(countSame(before, after)).toBe(same);
  });

  it('stay for the blocks that nobody has left', async () => {
    const harness = new ShardAdminHarness();
    const transports = namesOf('c', 4 * BLOCK_SESSIONS).map((name) => enter(harness.shard, name));
    const first = await summaries(harness);
    transports[BLOCK_SESSIONS + 1]?.resetByPeer();
    const second = await summaries(harness);
    expect(second).toEqual(first.filter((_, at) => at !== BLOCK_SESSIONS + 1));
    expect(countSame(first, second)).toBe(3 * BLOCK_SESSIONS + 1);
  });

  it('are forgotten a minute after the last list', async () => {
    const harness = new ShardAdminHarness();
    for (const name of namesOf('c', 3)) enter(harness.shard, name);
    const first = await summaries(harness);
    harness.clock.advance(KEPT_MS - 1000);
    expect(countSame(first, await summaries(harness))).toBe(3);
    harness.clock.advance(KEPT_MS - 1000);
    expect(countSame(first, await summaries(harness))).toBe(3);
    harness.clock.advance(KEPT_MS + 1000);
    expect(harness.shard.sessions.blocks.first.summaries).toEqual([]);
    const last = await summaries(harness);
    expect(last).toEqual(first);
    expect(countSame(first, last)).toBe(0);
  });

  it('do not show who has left a block that was joined to one shown before', async () => {
    const harness = new ShardAdminHarness();
    const names = namesOf('c', 4 * BLOCK_SESSIONS);
    const transports = names.map((name) => enter(harness.shard, name));
    const behind = names.slice(3 * BLOCK_SESSIONS - 10);
    harness.onTurn = () => {
      // After the second block: of the first three ten stay each and are one block; then the last of them leaves.
      if (harness.turns !== 3) return;
      for (let at = 0; at < 3 * BLOCK_SESSIONS; at++) {
        if (at % BLOCK_SESSIONS < BLOCK_SESSIONS - 10) transports[at]?.resetByPeer();
      }
      transports[3 * BLOCK_SESSIONS - 1]?.resetByPeer();
    };
    const listed = (await summaries(harness)).map(({ clientId }) => clientId);
    const gone = `c-${3 * BLOCK_SESSIONS - 1}`;
    expect(listed).toEqual([...names.slice(0, 2 * BLOCK_SESSIONS), ...behind.filter((name) => name !== gone)]);
  });

  it.each([1, 2, 3, 4])('are of who is there as each batch is given (seed %i)', async (seed) => {
    const harness = new ShardAdminHarness();
    const { sessions } = harness.shard;
    harness.onTurn = churn(harness, new RandomSource(seed));
    for (let round = 0; round < 60; round++) {
      let ordinal = 0;
      for await (const batch of harness.admin.clientSummaries()) {
        for (const { clientId, isOnline } of batch) {
          const session = sessions.find(clientId);
          expect([clientId, isOnline]).toEqual([session?.clientId, session?.connection !== null]);
          expect(session?.ordinal).toBeGreaterThan(ordinal);
          ordinal = session?.ordinal ?? 0;
        }
      }
    }
  });

  it.each([1, 2, 3, 4])('are right whatever happens before, during and beside a walk (seed %i)', async (seed) => {
    const random = new RandomSource(seed);
    const harness = new ShardAdminHarness();
    const happen = churn(harness, random);
    for (let round = 0; round < 60; round++) {
      happen();
      // Several lists at a time, each in turns of its own, in which more happens.
      const there = [...harness.shard.sessions.walk()];
      harness.onTurn = happen;
      const lists = await Promise.all([1, 2, 3].slice(random.below(3)).map(() => summaries(harness)));
      harness.onTurn = () => {};
      // Who was there all along is in each of them, and nobody is twice.
      const stayed = there.filter((session) => harness.shard.sessions.find(session.clientId) === session);
      for (const list of lists) {
        const listed = list.map(({ clientId }) => clientId);
        expect(new Set(listed).size).toBe(listed.length);
        const missing = stayed.filter(({ clientId }) => !listed.includes(clientId));
        expect(missing.map(({ clientId }) => clientId)).toEqual([]);
      }
      expect(await summaries(harness)).toEqual(freshSummaries(harness));
    }
  });
});

describe('a walk over the summaries of 10,000 clients', () => {
  it('gives each once, a block in a batch, with a turn after each', async () => {
    const harness = new ShardAdminHarness();
    const names = namesOf('c', CROWD);
    for (const clientId of names) enter(harness.shard, clientId);
    const listed = (await summaries(harness)).map(({ clientId }) => clientId);
    expect(harness.turns).toBe(Math.ceil(CROWD / BLOCK_SESSIONS));
    expect(listed).toEqual(names);
  });

  it('ends while clients come back all the time', async () => {
    const harness = new ShardAdminHarness();
    const names = namesOf('c', 2000);
    for (const clientId of names) enter(harness.shard, clientId);
    let next = 0;
    harness.onTurn = () => {
      // Each takes its session over with a clean start: an old one ends, a new one is made.
      for (let i = 0; i < 5 * BLOCK_SESSIONS; i++) enter(harness.shard, names[next++ % names.length] as string);
    };
    const listed = (await summaries(harness)).map(({ clientId }) => clientId);
    expect(new Set(listed).size).toBe(listed.length);
    expect(harness.turns).toBeLessThanOrEqual(1 + names.length / BLOCK_SESSIONS);
  });
});
