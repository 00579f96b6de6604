import { describe, expect, it } from 'vitest';
import { summaryOf } from '../src/summary.ts';

describe('summaryOf', () => {
  it.each([
    ['one run', [5], 5, 0],
    ['the middle of three', [9, 1, 5], 5, 8 / 5],
    ['between the middle two of four', [4, 1, 2, 3], 2.5, 3 / 2.5],
    ['a run that was not measured spoils the median', [1, Number.NaN, 3], Number.NaN, Number.NaN],
    ['a median of 0 has no spread', [0, 0], 0, Number.NaN],
  ])('%s', (_, runs, median, spread) => {
    expect(summaryOf(runs)).toEqual({ median, spread, runs });
  });
});
