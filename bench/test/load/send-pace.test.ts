import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dueMessages, SendPace, shareOf } from '../../src/load/send-pace.ts';

describe('dueMessages', () => {
  it.each([
    [4000, 0, 0],
    [4000, 0.24, 0],
    [4000, 0.25, 1],
    [4000, 1000, 4000],
    [50_000, 1.5, 75],
    [50_000, 3600_000, 180_000_000],
  ])('%d messages a second, after %d ms: %d', (rate, elapsedMs, due) => {
    expect(dueMessages(rate, elapsedMs)).toBe(due);
  });
});

describe('shareOf', () => {
  it.each([
    [0, [0, 0, 0]],
    [1, [1, 0, 0]],
    [2, [1, 1, 0]],
    [3, [1, 1, 1]],
    [10, [4, 3, 3]],
  ])('%d messages due of three publishers', (due, shares) => {
    expect([0, 1, 2].map((index) => shareOf(due, index, 3))).toEqual(shares);
  });
});

describe('SendPace', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('tells a quarter of the publishers in each tick how far they must have come, by turns', () => {
    const told: (readonly [number, number])[] = [];
    const pace = new SendPace(6000, 6, (index, messages) => told.push([index, messages]));
    vi.advanceTimersByTime(4);
    pace.stop();
    vi.advanceTimersByTime(10);
    expect(told).toEqual([
      [0, 1],
      [1, 1],
      [2, 2],
      [3, 2],
      [4, 3],
      [5, 3],
      [0, 4],
      [1, 4],
    ]);
  });

  it('keeps the rate over many ticks', () => {
    const sent = [0, 0, 0];
    const pace = new SendPace(1000, 3, (index, messages) => {
      sent[index] = messages;
    });
    vi.advanceTimersByTime(1000);
    pace.stop();
    // The last tick told the first publisher; the others have what was due one and two ticks before.
    expect(sent).toEqual([334, 333, 333]);
  });
});
