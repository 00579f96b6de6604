import { ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { BoundedAccess } from '../../src/access/bounded-access.ts';
import type { Access } from '../../src/ports/access.ts';

const PRINCIPAL = { clientId: 'c', username: undefined, remoteAddress: '' };

/** An Access whose answers come when the test says: at once for topic names that begin with `now`. */
class SlowAccess implements Access {
  readonly checksPublish = true;
  readonly asked: string[] = [];
  readonly #answers = new Map<string, { resolve: (code: number) => void; reject: (error: Error) => void }>();

  authenticate({ clientId }: Parameters<Access['authenticate']>[0]): Promise<number> {
    return this.#later(clientId);
  }

  publish(_: unknown, topicName: string): number | Promise<number> {
    if (topicName.startsWith('broken')) throw new Error('broken');
    if (!topicName.startsWith('now')) return this.#later(topicName);
    this.asked.push(topicName);
    return 0;
  }

  subscribe(_: unknown, topicFilter: string): Promise<number> {
    return this.#later(topicFilter);
  }

  answer(name: string, code: number | Error): void {
    const { resolve, reject } = this.#answers.get(name) as { resolve: (c: number) => void; reject: (e: Error) => void };
    if (typeof code === 'number') resolve(code);
    else reject(code);
  }

  #later(name: string): Promise<number> {
    this.asked.push(name);
    return new Promise((resolve, reject) => this.#answers.set(name, { resolve, reject }));
  }
}

function bounded(mostOpen: number): { slow: SlowAccess; access: BoundedAccess } {
  const slow = new SlowAccess();
  return { slow, access: new BoundedAccess(slow, mostOpen) };
}

describe('an Access with few answers open at once', () => {
  it('is asked no more than that, and the next in order when one has come', async () => {
    const { slow, access } = bounded(2);
    const answers = ['a', 'b', 'c', 'd'].map((name) => access.publish(PRINCIPAL, name, false));
    expect([slow.asked, access.openCount]).toEqual([['a', 'b'], 2]);
    slow.answer('b', 0);
    expect(await answers[1]).toBe(0);
    expect(slow.asked).toEqual(['a', 'b', 'c']);
    slow.answer('a', 0x87);
    slow.answer('c', 0);
    expect(await Promise.all([answers[0], answers[2]])).toEqual([0x87, 0]);
    slow.answer('d', 0);
    expect(await answers[3]).toBe(0);
    expect(access.openCount).toBe(0);
  });

  it('gives what comes at once at once, and in its turn when others wait', async () => {
    const { slow, access } = bounded(1);
    expect(access.publish(PRINCIPAL, 'now', false)).toBe(0);
    const open = access.publish(PRINCIPAL, 'a', false);
    const waiting = [access.publish(PRINCIPAL, 'now 2', false), access.subscribe(PRINCIPAL, 'b')];
    expect(slow.asked).toEqual(['now', 'a']);
    slow.answer('a', 0);
    expect([await open, await waiting[0]]).toEqual([0, 0]);
    await Promise.resolve();
    slow.answer('b', 0);
    expect(await waiting[1]).toBe(0);
  });

  it.each([
    ['rejects', 'a'],
    ['throws', 'broken'],
  ])('goes on after one that %s', async (_, name) => {
    const { slow, access } = bounded(1);
    const first = access.publish(PRINCIPAL, 'first', false);
    const failing = access.publish(PRINCIPAL, name, false);
    const last = access.publish(PRINCIPAL, 'now', false);
    slow.answer('first', 0);
    await first;
    if (name === 'a') {
      await Promise.resolve();
      slow.answer('a', new Error('no answer'));
    }
    await expect(failing).rejects.toThrow();
    expect(await last).toBe(0);
  });

  it('holds up clients that wait, and none that are in', async () => {
    const { slow, access } = bounded(1);
    const harness = new ShardHarness({}, { access });
    const first = harness.open(5).client.connect({ clientId: 'first' });
    const second = harness.open(5).client.connect({ clientId: 'second' });
    await harness.settled();
    expect(slow.asked).toEqual(['first']);
    slow.answer('first', 0);
    expect((await first).reasonCode).toBe(0);
    await harness.settled();
    slow.answer('second', 0);
    expect((await second).reasonCode).toBe(0);
  });
});
