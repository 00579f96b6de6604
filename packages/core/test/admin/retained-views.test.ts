import { batchesOf, viewsOf } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { namesOf } from './crowd.ts';
import { ShardAdminHarness } from './shard-admin-harness.ts';

function retain(harness: ShardAdminHarness, topicName: string, payload = Buffer.from('x')): void {
  harness.shard.publish(topicName, payload, { retain: true });
}

describe('a walk over retained messages', () => {
  it('copies one large payload at a time', async () => {
    const harness = new ShardAdminHarness();
    for (const topicName of namesOf('t', 10)) retain(harness, topicName, Buffer.alloc(600 * 1024));
    const batches = await batchesOf(harness.admin.retained('#'));
    expect(batches.map(({ length }) => length)).toEqual(new Array(10).fill(1));
    expect(harness.turns).toBe(11);
  });

  it('goes over 10,000 in turns, also when few match', async () => {
    const harness = new ShardAdminHarness();
    for (const topicName of namesOf('device', 10_000)) retain(harness, `${topicName}/state`);
    retain(harness, 'device-77/name');
    expect(await viewsOf(harness.admin.retained('+/name'))).toMatchObject([{ topicName: 'device-77/name' }]);
    expect(harness.turns).toBeGreaterThanOrEqual(20);
    expect(await viewsOf(harness.admin.retained('#'))).toHaveLength(10_001);
  });

  it('shows no message twice and none that is gone, whatever happens meanwhile', async () => {
    const harness = new ShardAdminHarness();
    const names = namesOf('t', 3000);
    for (const topicName of names) retain(harness, topicName);
    let turn = 0;
    const gone = new Set<string>();
    const listed: string[] = [];
    harness.onTurn = () => {
      turn++;
      retain(harness, `new-${turn}`);
      for (const topicName of listed.slice(0, 100)) {
        retain(harness, topicName, Buffer.alloc(0));
        retain(harness, topicName);
      }
      const unseen = names.find((topicName) => !listed.includes(topicName) && !gone.has(topicName));
      if (unseen === undefined) return;
      gone.add(unseen);
      retain(harness, unseen, Buffer.alloc(0));
    };
    for await (const batch of harness.admin.retained('#')) {
      for (const { topicName } of batch) {
        expect(gone.has(topicName)).toBe(false);
        listed.push(topicName);
      }
    }
    expect(new Set(listed).size).toBe(listed.length);
    expect(gone.size).toBeGreaterThan(3);
    expect(new Set([...listed, ...gone])).toEqual(new Set([...names, ...listed.filter((name) => /new/.test(name))]));
  });

  it('shows what a client of 3.1.1 left and one of 5.0 replaced', async () => {
    const harness = new ShardAdminHarness();
    const old = await harness.client(4);
    old.publish('a', 'old', { qos: 1, retain: true });
    await old.next('puback');
    const client = await harness.client(5);
    const properties = { messageExpiryInterval: 60, userProperties: { a: 'b' } };
    client.publish('a', 'new', { qos: 2, retain: true, properties });
    await client.next('pubcomp');
    const expiresAtMs = harness.clock.nowMs() + 60_000;
    const view = { topicName: 'a', qos: 2, payload: Buffer.from('new'), expiresAtMs };
    expect(await harness.admin.retainedMessage('a')).toEqual(view);
  });
});
