import { expect, it } from 'vitest';
import { boundedLabels } from '../../src/metrics/bounded-labels.ts';

it.each<[string, Record<string, number>, 'sum' | 'lowest', [string, number][]]>([
  [
    'the largest keep their labels, the rest is added up',
    { a: 1, b: 5, c: 3, d: 2 },
    'sum',
    [
      ['b', 5],
      ['c', 3],
      ['other', 3],
    ],
  ],
  [
    'the lowest keep theirs, the rest shows its lowest',
    { a: 9, b: -5, c: 3, d: 7 },
    'lowest',
    [
      ['b', -5],
      ['c', 3],
      ['other', 7],
    ],
  ],
  ['labels that look the same are joined', { 'a\n': 1, 'a\r': 2 }, 'sum', [['a_', 3]]],
  ['or the lowest of them shows', { 'a\n': 1, 'a\r': 2 }, 'lowest', [['a_', 1]]],
])('%s', (_, values, join, expected) => {
  expect(boundedLabels(values, 2, join)).toEqual(expected);
});
