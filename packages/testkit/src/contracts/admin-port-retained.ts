import { describe, expect, it } from 'vitest';
import type { AdminBench } from './admin-port.ts';
import { batchesOf, viewsOf } from './batches-of.ts';
import { HOSTILE_TEXTS } from './hostile-texts.ts';

async function retain(bench: AdminBench, topicName: string, text = topicName): Promise<void> {
  const payload = Buffer.from(text);
  await bench.harness.admin.publish({ clientId: 'api', topicName, payload, qos: 1, retain: true, properties: {} });
}

async function topicNames(bench: AdminBench, topicFilter: string): Promise<string[]> {
  const views = await viewsOf(bench.harness.admin.retained(topicFilter));
  return views.map(({ topicName }) => topicName).sort();
}

/** Declares the tests of retained messages. */
export function declareAdminRetained(bench: AdminBench): void {
  describe('retained messages', () => {
    declareReading(bench);
    declareViews(bench);
    declareDeleting(bench);
    declareRefusing(bench);
  });
}

function declareReading(bench: AdminBench): void {
  it.each([3, 4, 5] as const)('are shown as a client of version %i left them', async (version) => {
    const { harness } = bench;
    const client = await harness.client(version, { clientId: 'c' });
    client.publish('größe/1', 'x', { qos: 2, retain: true });
    await client.next('pubcomp');
    const view = { topicName: 'größe/1', qos: 2, payload: Buffer.from('x'), expiresAtMs: Infinity };
    expect(await viewsOf(harness.admin.retained('#'))).toEqual([view]);
    expect(await harness.admin.retainedMessage('größe/1')).toEqual(view);
  });

  it.each([
    ['# takes all but $ topics [MQTT-4.7.2-1]', '#', ['/', 'a', 'a/b', 'a/b/c', 'b']],
    ['# below takes the parent too', 'a/#', ['a', 'a/b', 'a/b/c']],
    ['+ takes one level', 'a/+', ['a/b']],
    ['a name is a filter', 'a/b', ['a/b']],
    ['$ topics are taken by name', '$own/#', ['$own/x']],
    ['nothing matches', 'c/#', []],
  ])('are listed by filter: %s', async (_, topicFilter, found) => {
    for (const topicName of ['a', 'a/b', 'a/b/c', 'b', '/', '$own/x']) await retain(bench, topicName);
    expect(await topicNames(bench, topicFilter)).toEqual(found);
  });

  it('are not there when there is none, or only a name that resembles it', async () => {
    await retain(bench, 'a/b');
    for (const topicName of ['a', 'a/', 'a/+', 'A/b', '']) {
      expect(await bench.harness.admin.retainedMessage(topicName)).toBeUndefined();
    }
  });
}

function declareViews(bench: AdminBench): void {
  it('are listed in batches when there are many', async () => {
    const { harness } = bench;
    const client = await harness.client(4, { clientId: 'c' });
    const names = Array.from({ length: 1200 }, (_, i) => `r/${i}`);
    for (const topicName of names) client.publish(topicName, 'x', { retain: true });
    await client.ping();
    const batches = await batchesOf(harness.admin.retained('r/+'));
    expect(batches.length).toBeGreaterThan(2);
    expect(
      batches
        .flat()
        .map(({ topicName }) => topicName)
        .sort(),
    ).toEqual(names.sort());
  });

  it('are copies', async () => {
    const { harness } = bench;
    await retain(bench, 'a', 'mine');
    (await harness.admin.retainedMessage('a'))?.payload.fill(0);
    for (const { payload } of await viewsOf(harness.admin.retained('a'))) payload.fill(0);
    expect((await harness.admin.retainedMessage('a'))?.payload.toString()).toBe('mine');
  });

  it('say when they expire, and are not shown afterwards [MQTT-3.3.2-5]', async () => {
    const { harness } = bench;
    const client = await harness.client(5, { clientId: 'c' });
    client.publish('a', 'x', { qos: 1, retain: true, properties: { messageExpiryInterval: 2 } });
    await client.next('puback');
    await retain(bench, 'b');
    const [client1] = await viewsOf(harness.admin.clients({}));
    const expiresAtMs = (await harness.admin.retainedMessage('a'))?.expiresAtMs ?? 0;
    expect(expiresAtMs).toBeGreaterThanOrEqual((client1?.connectedAtMs ?? 0) + 2000);
    await harness.pass(2000);
    expect(await harness.admin.retainedMessage('a')).toBeUndefined();
    expect(await topicNames(bench, '#')).toEqual(['b']);
    expect(await harness.admin.deleteRetained('#')).toBe(1);
  });

  it('have hostile topic names as they are', async () => {
    const { harness } = bench;
    for (const text of HOSTILE_TEXTS) await retain(bench, `t/${text}`, text);
    expect(await topicNames(bench, 't/#')).toEqual(HOSTILE_TEXTS.map((text) => `t/${text}`).sort());
    for (const text of HOSTILE_TEXTS) {
      expect((await harness.admin.retainedMessage(`t/${text}`))?.payload.toString()).toBe(text);
    }
  });
}

function declareDeleting(bench: AdminBench): void {
  it.each([
    ['all but $ topics', '#', 4, ['$own/x']],
    ['by filter', 'a/+', 2, ['$own/x', 'a', 'b']],
    ['by name', 'a/b', 1, ['$own/x', 'a', 'a/c', 'b']],
    ['none', 'c', 0, ['$own/x', 'a', 'a/b', 'a/c', 'b']],
  ])('are deleted: %s', async (_, topicFilter, count, left) => {
    const { harness } = bench;
    for (const topicName of ['a', 'a/b', 'a/c', 'b', '$own/x']) await retain(bench, topicName);
    expect(await harness.admin.deleteRetained(topicFilter)).toBe(count);
    expect([...(await topicNames(bench, '$own/#')), ...(await topicNames(bench, '#'))]).toEqual(left);
    expect((await harness.admin.figures()).retainedMessages).toBe(left.length);
    expect(await harness.admin.deleteRetained(topicFilter)).toBe(0);
  });

  it('that were deleted reach no new subscriber, and those that subscribed are told nothing', async () => {
    const { harness } = bench;
    await retain(bench, 'a');
    const client = await harness.client(4, { clientId: 'c' });
    await client.subscribe('a');
    await client.next('publish');
    await harness.admin.deleteRetained('a');
    await client.subscribe('a');
    await client.expectNothing();
  });

  it('are deleted by the thousand', async () => {
    const { harness } = bench;
    const client = await harness.client(4, { clientId: 'c' });
    for (let i = 0; i < 1300; i++) client.publish(`r/${i}`, 'x', { retain: true });
    await client.ping();
    expect(await harness.admin.deleteRetained('r/#')).toBe(1300);
    expect(await harness.admin.figures()).toMatchObject({ retainedMessages: 0, retainedBytes: 0 });
  });
}

function declareRefusing(bench: AdminBench): void {
  it.each([
    ['an empty filter [MQTT-4.7.3-1]', ''],
    ['# before the end [MQTT-4.7.1-1]', 'a/#/b'],
    ['+ in a level [MQTT-4.7.1-2]', 'a+'],
    ['U+0000 [MQTT-4.7.3-2]', 'a\0'],
    ['half a surrogate pair [MQTT-1.5.4-1]', '\ud800'],
    ['more levels than allowed', 'a/'.repeat(128)],
    ['a shared subscription', '$share/g/a'],
  ])('are neither listed nor deleted by %s', async (_, topicFilter) => {
    const { harness } = bench;
    const refused = expect.objectContaining({ name: 'AdminError', code: 'INVALID_FILTER' });
    await expect(viewsOf(harness.admin.retained(topicFilter))).rejects.toEqual(refused);
    await expect(harness.admin.deleteRetained(topicFilter)).rejects.toEqual(refused);
  });
}
