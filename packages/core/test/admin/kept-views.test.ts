import { RandomSource, type RawConnectOptions, viewsOf } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { BATCH_STEPS } from '../../src/admin/batches.ts';
import type { ClientView } from '../../src/ports/admin.ts';
import { enter, namesOf } from './crowd.ts';
import { ShardAdminHarness } from './shard-admin-harness.ts';

/** A session expiry interval. @see MQTT 5.0, 3.1.2.11.2 */
const NEVER = 0xffff_ffff;

/** All clients as a list without memory shows them: each is asked for by name. */
async function freshViews({ admin, shard }: ShardAdminHarness): Promise<ClientView[]> {
  const names = [...shard.sessions.walk()].map(({ clientId }) => clientId);
  const views: ClientView[] = [];
  for (const clientId of names) views.push(...(await viewsOf(admin.clients({ clientId }))));
  return views;
}

/** How many of the views are the objects that were given before. */
function countSame(before: readonly ClientView[], after: readonly ClientView[]): number {
  const known = new Set(before);
  return after.filter((view) => known.has(view)).length;
}

describe('views of all clients, given again', () => {
  it('are the same objects while nothing changes', async () => {
    const harness = new ShardAdminHarness();
    for (const name of namesOf('c', 40)) enter(harness.shard, name, ['a/#']);
    const first = await viewsOf(harness.admin.clients({}));
    const second = await viewsOf(harness.admin.clients({}));
    expect(countSame(first, second)).toBe(40);
  });

  it('are made anew for what has changed, and only for that', async () => {
    const harness = new ShardAdminHarness();
    enter(harness.shard, 'before');
    const client = await harness.client(5, {
      clientId: 'c',
      username: 'one',
      clean: false,
      properties: { sessionExpiryInterval: 100, receiveMaximum: 2 },
      will: { topic: 'w', payload: Buffer.from('gone'), qos: 0, retain: false, properties: { willDelayInterval: 5 } },
    });
    enter(harness.shard, 'after');
    const publisher = await harness.client(4, { clientId: 'p' });
    let last = await viewsOf(harness.admin.clients({}));

    /** The lists agree, and `changed` of the four views are others than before. */
    async function expectChanged(changed: number): Promise<void> {
      const views = await viewsOf(harness.admin.clients({}));
      expect(views).toEqual(await freshViews(harness));
      expect(views.length - countSame(last, views)).toBe(changed);
      last = views;
    }

    await expectChanged(0);
    await client.subscribe('t', 1);
    await expectChanged(1);
    client.publish('nobody');
    await expectChanged(1);
    client.autoAcknowledge = false;
    // Two in flight, then one queued; the publisher has sent one more each time.
    for (let sent = 0; sent < 3; sent++) {
      publisher.publish('t', 'x', { qos: 1 });
      await expectChanged(2);
    }
    expect(last[1]).toMatchObject({ inflightMessages: 2, queuedMessages: 1 });
    client.send({ cmd: 'disconnect', reasonCode: 4, properties: { sessionExpiryInterval: 50 } });
    await expectChanged(1);
    expect(last[1]).toMatchObject({
      isOnline: false,
      listener: '',
      sessionExpirySeconds: 50,
      will: { topicName: 'w' },
    });
    harness.clock.advance(6000);
    await expectChanged(1);
    expect(last[1]?.will).toBeNull();
    await harness.client(4, { clientId: 'c', username: 'three', clean: false });
    await expectChanged(1);
    await harness.client(4, { clientId: 'c', username: 'four', clean: false });
    await expectChanged(1);
  });

  /** Goes online with other terms and offline again, so that both views are of an offline client. */
  it.each<[string, 4 | 5, RawConnectOptions, number]>([
    ['a moment later', 5, {}, 1],
    ['another user', 5, { username: 'other' }, 0],
    ['another keep alive', 5, { keepAliveSeconds: 7 }, 0],
    ['another expiry', 5, { properties: { sessionExpiryInterval: 20 } }, 0],
    ['another version', 4, {}, 0],
  ])('are made anew for who came and went between two lists: %s', async (_, version, terms, laterMs) => {
    const harness = new ShardAdminHarness();
    const usual = { clientId: 'c', clean: false, username: 'one', properties: { sessionExpiryInterval: NEVER } };
    const first = await harness.client(5, usual);
    first.destroy();
    const before = await viewsOf(harness.admin.clients({}));
    harness.clock.advance(laterMs);
    const again = await harness.client(version, { ...usual, ...terms });
    again.destroy();
    const after = await viewsOf(harness.admin.clients({}));
    expect(after).toEqual(await freshViews(harness));
    expect(countSame(before, after)).toBe(0);
  });

  it('stay for those behind clients that have left', async () => {
    const harness = new ShardAdminHarness();
    const transports = namesOf('c', 100).map((name) => enter(harness.shard, name));
    const first = await viewsOf(harness.admin.clients({}));
    for (const at of [0, 1, 50, 99]) transports[at]?.resetByPeer();
    const second = await viewsOf(harness.admin.clients({}));
    expect(second).toEqual(first.filter((_, at) => ![0, 1, 50, 99].includes(at)));
    expect(countSame(first, second)).toBe(96);
  });

  it('are not held for clients of whom many have left', async () => {
    const harness = new ShardAdminHarness();
    const transports = namesOf('c', 100).map((name) => enter(harness.shard, name));
    const first = await viewsOf(harness.admin.clients({}));
    for (const transport of transports.slice(0, 30)) transport.resetByPeer();
    // Finds out, and the next one begins again.
    expect(countSame(first, await viewsOf(harness.admin.clients({})))).toBe(70);
    const third = await viewsOf(harness.admin.clients({}));
    expect(third).toEqual(await freshViews(harness));
    expect(countSame(first, third)).toBe(0);
    expect(countSame(third, await viewsOf(harness.admin.clients({})))).toBe(70);
  });

  it.each([1, 2, 3, 4])('are right whatever happens before, during and beside a walk (seed %i)', async (seed) => {
    const random = new RandomSource(seed);
    const harness = new ShardAdminHarness();
    const names = namesOf('c', 6 * BATCH_STEPS);
    const lines = new Map(names.map((name) => [name, enter(harness.shard, name)]));
    const happen = (): void => {
      for (let i = random.below(20); i > 0; i--) {
        const name = random.pick(names);
        if (random.below(2) === 0) lines.get(name)?.resetByPeer();
        else lines.set(name, enter(harness.shard, name, random.below(2) === 0 ? [] : ['a'], random.below(2) === 0));
      }
    };
    for (let round = 0; round < 60; round++) {
      happen();
      // Several lists at a time, each in turns of its own, in which more happens.
      harness.onTurn = happen;
      await Promise.all([1, 2, 3].slice(random.below(3)).map(() => viewsOf(harness.admin.clients({}))));
      harness.onTurn = () => {};
      expect(await viewsOf(harness.admin.clients({}))).toEqual(await freshViews(harness));
    }
  });
});
