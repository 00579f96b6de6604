import { describe, expect, it } from 'vitest';
import { FakeClock } from '../src/fake-clock.ts';

describe('FakeClock', () => {
  it('stands until it is moved', () => {
    const clock = new FakeClock(1000);
    expect(clock.nowMs()).toBe(1000);
    clock.advance(250);
    expect(clock.nowMs()).toBe(1250);
  });

  it('calls intervals at their times, in the order of time, until they are stopped', () => {
    const clock = new FakeClock(0);
    const calls: string[] = [];
    const stop = clock.every(100, () => calls.push(`a${clock.nowMs()}`));
    clock.every(150, () => calls.push(`b${clock.nowMs()}`));
    clock.advance(99);
    expect(calls).toEqual([]);
    clock.advance(201);
    expect(calls).toEqual(['a100', 'b150', 'a200', 'a300', 'b300']);
    stop();
    clock.advance(150);
    expect(calls.slice(5)).toEqual(['b450']);
    expect(clock.runningIntervals).toBe(1);
  });

  it('ends a turn once for those that waited, and in the next for those they asked for', () => {
    const clock = new FakeClock();
    const calls: string[] = [];
    clock.afterTurn(() => {
      calls.push('first');
      clock.afterTurn(() => calls.push('second'));
    });
    expect(clock.runTurn()).toBe(true);
    expect(calls).toEqual(['first']);
    expect(clock.runTurn()).toBe(true);
    expect(calls).toEqual(['first', 'second']);
    expect(clock.runTurn()).toBe(false);
  });

  it('ends the turn of each interval call', () => {
    const clock = new FakeClock(0);
    const ends: number[] = [];
    clock.every(10, () => clock.afterTurn(() => ends.push(clock.nowMs())));
    clock.advance(25);
    expect(ends).toEqual([10, 20]);
  });

  it('refuses an interval that would never let time pass', () => {
    expect(() => new FakeClock().every(0, () => {})).toThrow(RangeError);
  });
});
