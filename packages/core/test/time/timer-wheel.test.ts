import { FakeClock } from '@nanomq-ts/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type TimerOwner, TimerWheel, WheelTimer } from '../../src/time/timer-wheel.ts';

const TICK_MS = 100;
/** One round of the wheel is 1,024 ticks. */
const ROUND_MS = 1024 * TICK_MS;

class Alarm implements TimerOwner {
  readonly timer = new WheelTimer(this);
  readonly firedAt: number[] = [];
  onDue: (nowMs: number) => void = () => {};

  timerDue(timer: WheelTimer, nowMs: number): void {
    expect(timer).toBe(this.timer);
    expect(timer.isScheduled).toBe(false);
    this.firedAt.push(nowMs);
    this.onDue(nowMs);
  }
}

describe('TimerWheel', () => {
  it.each<[behaviour: string, dueMs: number, firesAt: number]>([
    ['on the tick, when due on it', 500, 500],
    ['on the next tick, when due between two', 401, 500],
    ['on the first tick, when due at once', 0, 100],
    ['on the first tick, when due in the past', -7000, 100],
    ['a round later', ROUND_MS + 500, ROUND_MS + 500],
    ['exactly one round later', ROUND_MS, ROUND_MS],
    ['many rounds later', 30 * ROUND_MS + 1, 30 * ROUND_MS + TICK_MS],
  ])('fires %s', (_, dueMs, firesAt) => {
    const clock = new FakeClock(0);
    const wheel = new TimerWheel(clock.nowMs(), TICK_MS);
    clock.every(TICK_MS, () => wheel.advance(clock.nowMs()));
    const alarm = new Alarm();
    wheel.schedule(alarm.timer, dueMs);
    expect(alarm.timer.isScheduled).toBe(true);
    clock.advance(firesAt - 1);
    expect(alarm.firedAt).toEqual([]);
    clock.advance(1);
    expect(alarm.firedAt).toEqual([firesAt]);
    clock.advance(2 * ROUND_MS);
    expect(alarm.firedAt).toEqual([firesAt]);
  });

  it('fires once for the last time it was scheduled, not for those before', () => {
    const wheel = new TimerWheel(0, TICK_MS);
    const alarm = new Alarm();
    for (const dueMs of [500, 100, 900, 300]) wheel.schedule(alarm.timer, dueMs);
    wheel.advance(200);
    expect(alarm.firedAt).toEqual([]);
    wheel.advance(10_000);
    expect(alarm.firedAt).toEqual([10_000]);
  });

  it('fires nothing that was cancelled, first, middle or last of its slot', () => {
    for (const cancelled of [0, 1, 2]) {
      const wheel = new TimerWheel(0, TICK_MS);
      const alarms = [new Alarm(), new Alarm(), new Alarm()];
      for (const alarm of alarms) wheel.schedule(alarm.timer, 500);
      wheel.cancel((alarms[cancelled] as Alarm).timer);
      wheel.cancel((alarms[cancelled] as Alarm).timer);
      wheel.advance(500);
      expect(alarms.map((alarm) => alarm.firedAt.length)).toEqual([0, 1, 2].map((i) => (i === cancelled ? 0 : 1)));
    }
  });

  it('lets what fires schedule itself again, one tick later at the soonest', () => {
    const wheel = new TimerWheel(0, TICK_MS);
    const alarm = new Alarm();
    alarm.onDue = (nowMs) => wheel.schedule(alarm.timer, nowMs);
    wheel.schedule(alarm.timer, 100);
    wheel.advance(250);
    expect(alarm.firedAt).toEqual([250]);
    wheel.advance(299);
    wheel.advance(300);
    expect(alarm.firedAt).toEqual([250, 300]);
  });

  it('lets what fires cancel or move others that are due with it', () => {
    const wheel = new TimerWheel(0, TICK_MS);
    const alarms = [new Alarm(), new Alarm(), new Alarm()];
    let fired = 0;
    for (const alarm of alarms) {
      wheel.schedule(alarm.timer, 100);
      alarm.onDue = () => {
        fired++;
        const [one, other] = alarms.filter((each) => each !== alarm) as [Alarm, Alarm];
        wheel.cancel(one.timer);
        wheel.schedule(other.timer, 5000);
      };
    }
    wheel.advance(100);
    expect(fired).toBe(1);
    expect(alarms.filter((alarm) => alarm.timer.isScheduled)).toHaveLength(1);
  });

  it('fires everything that is due after a sleep of several rounds, and nothing else', () => {
    const wheel = new TimerWheel(0, TICK_MS);
    const due = [1, 500, ROUND_MS, 2 * ROUND_MS + 300, 5 * ROUND_MS].map((dueMs) => ({ dueMs, alarm: new Alarm() }));
    const later = new Alarm();
    for (const { dueMs, alarm } of due) wheel.schedule(alarm.timer, dueMs);
    wheel.schedule(later.timer, 5 * ROUND_MS + 1);
    wheel.advance(5 * ROUND_MS);
    for (const { alarm } of due) expect(alarm.firedAt).toEqual([5 * ROUND_MS]);
    expect(later.firedAt).toEqual([]);
    wheel.advance(5 * ROUND_MS + TICK_MS);
    expect(later.firedAt).toHaveLength(1);
  });

  it('is never early and at most one tick late, whatever is scheduled, moved, cancelled and slept', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('schedule' as const), which: fc.nat(7), ms: fc.integer({ min: -500, max: 3000 }) }),
      fc.record({ kind: fc.constant('schedule' as const), which: fc.nat(7), ms: fc.nat(3 * ROUND_MS) }),
      fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(7), ms: fc.constant(0) }),
      fc.record({ kind: fc.constant('advance' as const), which: fc.constant(0), ms: fc.nat(700) }),
      fc.record({ kind: fc.constant('advance' as const), which: fc.constant(0), ms: fc.nat(2 * ROUND_MS) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.nat(1_000_000), (steps, startMs) => {
        const wheel = new TimerWheel(startMs, TICK_MS);
        const alarms = Array.from({ length: 8 }, () => new Alarm());
        /** By timer: when it is due, and from when on it must have fired; undefined when not scheduled. */
        const model: ({ dueMs: number; latestMs: number } | undefined)[] = alarms.map(() => undefined);
        let nowMs = startMs;
        for (const { kind, which, ms } of steps) {
          const alarm = alarms[which] as Alarm;
          if (kind === 'schedule') {
            const dueMs = nowMs + ms;
            wheel.schedule(alarm.timer, dueMs);
            const nextTickMs = (Math.floor(nowMs / TICK_MS) + 1) * TICK_MS;
            model[which] = { dueMs, latestMs: Math.max(Math.ceil(dueMs / TICK_MS) * TICK_MS, nextTickMs) };
          } else if (kind === 'cancel') {
            wheel.cancel(alarm.timer);
            model[which] = undefined;
          } else {
            nowMs += ms;
            wheel.advance(nowMs);
            alarms.forEach((each, i) => {
              const fired = each.firedAt.splice(0);
              const expected = model[i];
              expect(fired.length).toBeLessThanOrEqual(1);
              if (fired.length === 1) {
                expect(fired[0]).toBe(nowMs);
                expect(expected?.dueMs).toBeLessThanOrEqual(nowMs);
                model[i] = undefined;
              } else if (expected !== undefined) expect(expected.latestMs).toBeGreaterThan(nowMs);
            });
          }
          alarms.forEach((each, i) => {
            expect(each.timer.isScheduled).toBe(model[i] !== undefined);
          });
        }
      }),
      { numRuns: 300 },
    );
  });
});
