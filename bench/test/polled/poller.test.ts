import { describe, expect, it } from 'vitest';
import { faultsOfPolls, mergeCounts } from '../../src/polled/poller.ts';

const COUNTS = { polls: 40, seconds: 4, good: 80, bad: 0, firstFault: '' };

describe('counts of polls', () => {
  it('of several windows add up, and the first fault is kept', () => {
    const second = { ...COUNTS, polls: 20, good: 38, bad: 2, firstFault: 'status 500' };
    const third = { ...COUNTS, bad: 1, firstFault: 'status 503' };
    expect(mergeCounts([COUNTS, second, third])).toEqual({
      polls: 100,
      seconds: 12,
      good: 198,
      bad: 3,
      firstFault: 'status 500',
    });
  });

  it.each([
    ['all good', COUNTS, []],
    [
      'a bad one',
      { ...COUNTS, bad: 1, firstFault: 'status 500' },
      ['1 of 81 answers of the API were bad; the first: status 500'],
    ],
    ['none at all', mergeCounts([]), ['the API answered nothing']],
  ])('faults: %s', (_, counts, faults) => {
    expect(faultsOfPolls(counts)).toEqual(faults);
  });
});
