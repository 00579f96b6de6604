import { createHistogram } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { boundedLabels } from '../../src/metrics/bounded-labels.ts';
import { EventLoopDelay, eventLoopDelay } from '../../src/metrics/event-loop-delay.ts';

/** Node's samples hold the distance of 20 ms between them. */
function delayOf(...samplesMs: readonly (readonly number[])[]): EventLoopDelay & { next(): void } {
  const histogram = createHistogram({ lowest: 1, highest: 3.6e12, figures: 3 });
  const rounds = [...samplesMs];
  const next = (): void => {
    for (const ms of rounds.shift() ?? []) histogram.record(Math.round((ms + 20) * 1e6));
  };
  return Object.assign(new EventLoopDelay(histogram), { next });
}

describe('the delay of the event loop', () => {
  it('is counted by bucket', () => {
    const delay = delayOf([0, 0, 0.5, 2, 4, 9, 30, 30, 99, 400, 5000]);
    delay.next();
    const { boundsMs, counts } = delay.snapshot();
    const byBound = Object.fromEntries(counts.map((count, i) => [boundsMs[i] ?? 'more', count]));
    expect(byBound).toEqual({
      1: 3,
      2.5: 1,
      5: 1,
      10: 1,
      25: 0,
      50: 2,
      100: 1,
      250: 0,
      500: 1,
      1000: 0,
      2500: 0,
      more: 1,
    });
  });

  it('only grows, over many looks', () => {
    const delay = delayOf([0, 3], [], [3, 3, 40]);
    const counts: (readonly number[])[] = [];
    const sums: number[] = [];
    for (let look = 0; look < 3; look++) {
      delay.next();
      const snapshot = delay.snapshot();
      counts.push(snapshot.counts);
      sums.push(Math.round(snapshot.sumMs));
    }
    expect(counts.map((it) => it.reduce((sum, count) => sum + count, 0))).toEqual([2, 2, 5]);
    expect(counts[2]?.slice(0, 6)).toEqual([1, 0, 3, 0, 0, 1]);
    expect(sums).toEqual([3, 3, 49]);
  });

  it('an early timer is no negative delay', () => {
    const delay = delayOf([-5, -1]);
    delay.next();
    expect(delay.snapshot()).toMatchObject({ sumMs: 0 });
  });

  it('a million samples are counted exactly', () => {
    const delay = delayOf([...new Array(999_990).fill(0), ...new Array(10).fill(60)]);
    delay.next();
    const { counts } = delay.snapshot();
    expect([counts[0], counts[6]]).toEqual([999_990, 10]);
  });

  it('there is one for the thread', () => {
    expect(eventLoopDelay()).toBe(eventLoopDelay());
  });
});

describe('labels', () => {
  it.each<[string, Record<string, number>, number, [string, number][]]>([
    [
      'the largest first',
      { a: 1, b: 3, c: 2 },
      3,
      [
        ['b', 3],
        ['c', 2],
        ['a', 1],
      ],
    ],
    [
      'the rest together',
      { a: 1, b: 3, c: 2, d: 4 },
      2,
      [
        ['d', 4],
        ['b', 3],
        ['other', 3],
      ],
    ],
    ['none', {}, 2, []],
    ['control characters', { 'a\nb\u0000\u2028': 1 }, 2, [['a_b__', 1]]],
    ['one label after shortening', { ['x'.repeat(70)]: 1, ['x'.repeat(80)]: 2 }, 5, [['x'.repeat(64), 3]]],
  ])('%s', (_, values, limit, expected) => {
    expect(boundedLabels(values, limit)).toEqual(expected);
  });
});
