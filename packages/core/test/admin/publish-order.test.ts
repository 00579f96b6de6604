import type { Access, Principal } from '@nanomq-ts/core';
import { DelayedStore } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { ShardAdminHarness } from './shard-admin-harness.ts';

const MESSAGE = {
  clientId: 'api',
  topicName: 'a/b',
  payload: Buffer.from('x'),
  qos: 1,
  retain: true,
  properties: {},
} as const;

/** Answers every question about publishing as it is told, and writes the questions down. */
class ScriptedAccess implements Access {
  readonly checksPublish: boolean;
  readonly asked: [Principal, string, boolean][] = [];
  readonly #answer: number | Promise<number>;

  constructor(answer: number | Promise<number>, checksPublish = true) {
    this.#answer = answer;
    this.checksPublish = checksPublish;
  }

  authenticate(): number {
    return 0;
  }

  publish(principal: Principal, topicName: string, retain: boolean): number | Promise<number> {
    this.asked.push([principal, topicName, retain]);
    return this.#answer;
  }

  subscribe(): number {
    return 0;
  }
}

describe('publishing for somebody', () => {
  it.each([
    ['at once', 0],
    ['later', Promise.resolve(0)],
  ])('asks Access who answers %s', async (_, answer) => {
    const access = new ScriptedAccess(answer);
    const harness = new ShardAdminHarness({}, { access });
    const client = await harness.client(5);
    await client.subscribe('a/#', 1);
    await harness.admin.publish(MESSAGE);
    expect(access.asked).toEqual([[{ clientId: 'api', username: undefined, remoteAddress: '' }, 'a/b', true]]);
    expect(await client.next('publish')).toMatchObject({ topic: 'a/b' });
  });

  it.each([
    ['at once', 0x87],
    ['later', Promise.resolve(0x80)],
  ])('is refused when Access says no %s, and leaves no trace', async (_, answer) => {
    const harness = new ShardAdminHarness({}, { access: new ScriptedAccess(answer) });
    const client = await harness.client(5);
    await client.subscribe('#', 1);
    const message = 'the access rules do not let client "api" publish to it';
    const refused = expect.objectContaining({ name: 'AdminError', code: 'NOT_AUTHORIZED', message });
    await expect(harness.admin.publish(MESSAGE)).rejects.toEqual(refused);
    await client.expectNothing();
    expect(await harness.admin.figures()).toMatchObject({ retainedMessages: 0, messagesDropped: 0 });
  });

  it('passes on what made Access fail', async () => {
    const failure = new Error('no answer from the user directory');
    const harness = new ShardAdminHarness({}, { access: new ScriptedAccess(Promise.reject(failure)) });
    await expect(harness.admin.publish(MESSAGE)).rejects.toBe(failure);
    expect((await harness.admin.figures()).retainedMessages).toBe(0);
  });

  it('does not ask when nobody checks, nor for what no client may', async () => {
    const open = new ScriptedAccess(0x87, false);
    await new ShardAdminHarness({}, { access: open }).admin.publish(MESSAGE);
    expect(open.asked).toEqual([]);
    const strict = new ScriptedAccess(0);
    const { admin } = new ShardAdminHarness({}, { access: strict });
    await expect(admin.publish({ ...MESSAGE, topicName: '$SYS/x' })).rejects.toThrow('only the broker');
    expect(strict.asked).toEqual([]);
  });

  it('takes the payload as it was when it was asked', async () => {
    let answer = (_: number) => {};
    const access = new ScriptedAccess(new Promise<number>((resolve) => (answer = resolve)));
    const harness = new ShardAdminHarness({}, { access });
    const payload = Buffer.from('before');
    const published = harness.admin.publish({ ...MESSAGE, payload });
    payload.fill('!');
    answer(0);
    await published;
    expect((await harness.admin.retainedMessage('a/b'))?.payload.toString()).toBe('before');
  });

  it('refuses what no client could send for its size', async () => {
    const { admin } = new ShardAdminHarness({ maxPacketBytes: 1000 });
    await admin.publish({ ...MESSAGE, payload: Buffer.alloc(900) });
    const refused = expect.objectContaining({ code: 'INVALID_MESSAGE', message: expect.stringContaining('larger') });
    await expect(admin.publish({ ...MESSAGE, payload: Buffer.alloc(1000) })).rejects.toEqual(refused);
  });

  it('settles when the store has made it safe', async () => {
    const store = new DelayedStore();
    const { admin } = new ShardAdminHarness({}, { store });
    let isSettled = false;
    const published = admin.publish(MESSAGE).then(() => (isSettled = true));
    await new Promise(setImmediate);
    expect(store.changes.map(([method]) => method)).toEqual(['retainedSaved']);
    expect(isSettled).toBe(false);
    store.commit();
    await published;
  });
});
