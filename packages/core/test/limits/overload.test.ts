import { ONE_SHARD, ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { LateClock } from './late-clock.ts';

const TICK_MS = 250;
const LIMIT_MS = 500;

/** A harness whose event loop can stall, with the limit on. */
function withLateClock(maxLoopDelayMs = LIMIT_MS) {
  const clock = new LateClock();
  const harness = new ShardHarness({ maxLoopDelayMs }, { ...ONE_SHARD, clock });
  // The harness lets its own clock run the turns of its clients.
  harness.clock.runTurn = () => clock.runTurn();
  return { clock, harness, overload: harness.shard.guard.overload };
}

/** An overload has just been noticed. */
function overloaded() {
  const at = withLateClock();
  at.clock.advance(TICK_MS);
  at.clock.stall(LIMIT_MS + 1);
  at.clock.advance(TICK_MS);
  expect(at.overload.isOverloaded).toBe(true);
  return at;
}

describe('an event loop that is late', () => {
  it('lets new connections wait and serves those that are there', async () => {
    const { clock, harness, overload } = withLateClock();
    const before = await harness.client(4);
    const told: boolean[] = [];
    overload.onChanged((isOverloaded) => told.push(isOverloaded));
    clock.advance(TICK_MS);
    clock.stall(LIMIT_MS + 1);
    clock.advance(TICK_MS);
    const { client, transport } = harness.open(4);
    client.sendConnect({ clientId: 'late' });
    expect([transport.isPaused, client.takeNow('connack')]).toEqual([true, undefined]);
    await before.ping();
    clock.advance(TICK_MS);
    expect((await client.next('connack')).returnCode).toBe(0);
    expect(told).toEqual([true, false]);
    const { connectionsDelayed, overloads } = harness.shard.counters;
    expect([connectionsDelayed, overloads, overload.waiting]).toEqual([1, 1, 0]);
    expect(harness.logged.map(({ level, fields }) => [level, fields])).toEqual([['warn', { lateMs: LIMIT_MS + 1 }]]);
  });

  it('is none up to the limit, and goes on down to half of it', () => {
    const { clock, overload } = withLateClock();
    clock.advance(TICK_MS);
    clock.stall(LIMIT_MS);
    clock.advance(TICK_MS);
    expect([overload.lateMs, overload.isOverloaded]).toEqual([LIMIT_MS, false]);
    for (const [lateMs, expected] of [
      [LIMIT_MS + 1, true],
      [LIMIT_MS / 2, true],
      [LIMIT_MS / 2 - 1, false],
    ] as const) {
      clock.stall(lateMs);
      clock.advance(TICK_MS);
      expect([lateMs, overload.isOverloaded]).toEqual([lateMs, expected]);
    }
  });

  it('means nothing where the limit is 0', () => {
    const { clock, harness, overload } = withLateClock(0);
    clock.stall(60_000);
    clock.advance(TICK_MS);
    const { transport } = harness.open(4);
    expect([overload.isOverloaded, transport.isPaused]).toEqual([false, false]);
  });

  it('lets those who wait in by and by, in their order, with the whole time for CONNECT; others line up', () => {
    const { clock, harness, overload } = overloaded();
    const waiting = Array.from({ length: 300 }, () => harness.open(4).transport);
    clock.advance(TICK_MS);
    expect(waiting.map(({ isPaused }) => isPaused).indexOf(true)).toBe(250);
    const { transport: later } = harness.open(4);
    expect([later.isPaused, overload.waiting]).toEqual([true, 51]);
    clock.advance(TICK_MS);
    expect([later.isPaused, overload.waiting]).toEqual([false, 0]);
    clock.advance(9500);
    expect(later.state).toBe('open');
    clock.advance(5000); // all 301 at once are not ended in one turn
    expect(later.state).not.toBe('open');
  });

  it('lets nobody wait longer than the time for CONNECT, and forgets who is gone', async () => {
    const { clock, harness, overload } = overloaded();
    const { client, transport } = harness.open(4);
    const { client: impatient } = harness.open(4);
    impatient.destroy();
    expect(overload.waiting).toBe(1);
    for (let i = 0; i < 12; i++) {
      clock.stall(1000);
      clock.advance(TICK_MS);
    }
    await client.expectClosed();
    expect([transport.state, overload.waiting, harness.shard.connectionCount]).toEqual(['closed', 0, 0]);
  });
});
