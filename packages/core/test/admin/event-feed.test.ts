import { describe, expect, it } from 'vitest';
import { ShardAdminHarness } from './shard-admin-harness.ts';

describe('EventFeed', () => {
  it('has a timer while somebody listens, and one for all', () => {
    const harness = new ShardAdminHarness();
    const before = harness.clock.runningIntervals;
    const stops = [harness.admin.events(() => {}), harness.admin.events(() => {})];
    expect(harness.clock.runningIntervals).toBe(before + 1);
    stops[0]?.();
    stops[0]?.();
    expect(harness.clock.runningIntervals).toBe(before + 1);
    stops[1]?.();
    expect(harness.clock.runningIntervals).toBe(before);
    harness.admin.events(() => {});
    expect(harness.clock.runningIntervals).toBe(before + 1);
  });

  it('tells each event once, however often listeners came and went', async () => {
    const harness = new ShardAdminHarness();
    for (let i = 0; i < 5; i++) harness.admin.events(() => {})();
    const types: string[] = [];
    harness.admin.events(({ type }) => types.push(type));
    await harness.client(4);
    expect(types).toEqual(['connected']);
  });

  it('treats one function given twice as two listeners', async () => {
    const harness = new ShardAdminHarness();
    let calls = 0;
    const listener = () => void calls++;
    const stop = harness.admin.events(listener);
    harness.admin.events(listener);
    await harness.client(4);
    expect(calls).toBe(2);
    stop();
    await harness.client(4);
    expect(calls).toBe(3);
  });

  it('lets a listener take itself or another off while it is told', async () => {
    const harness = new ShardAdminHarness();
    const told: string[] = [];
    const stopFirst = harness.admin.events(() => {
      told.push('first');
      stopFirst();
      stopSecond();
    });
    const stopSecond = harness.admin.events(() => told.push('second'));
    await harness.client(4);
    await harness.client(4);
    expect(told).toEqual(['first', 'second']);
  });

  it('logs a listener that fails, with the event and without the client', async () => {
    const harness = new ShardAdminHarness();
    const err = new Error('on purpose');
    harness.admin.events(() => {
      throw err;
    });
    await harness.client(4);
    expect(harness.logged.filter(({ level }) => level === 'error')).toMatchObject([
      { fields: { err, event: 'connected' } },
    ]);
  });

  it('tells no drops of the time when nobody listened', async () => {
    const harness = new ShardAdminHarness();
    const counts: number[] = [];
    const listen = () => harness.admin.events((event) => event.type === 'dropped' && counts.push(event.count));
    const drop = () => harness.shard.publish('nobody', Buffer.from('x'));
    const stop = listen();
    drop();
    await harness.pass(1000);
    stop();
    drop();
    await harness.pass(1000);
    listen();
    for (let i = 0; i < 3; i++) drop();
    await harness.pass(1000);
    expect(counts).toEqual([1, 3]);
  });
});
