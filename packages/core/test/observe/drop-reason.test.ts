import { expect, it } from 'vitest';
import { Counters } from '../../src/observe/counters.ts';
import { DROP_REASON_LABELS, DropReason } from '../../src/observe/drop-reason.ts';

it('every reason has a label of its own, in snake case, and a place among the counters', () => {
  const snakeCase = (name: string) => name.replaceAll(/(?<=.)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
  const labels = Object.entries(DropReason).map(([name, value]) => [snakeCase(name), value]);
  expect(labels).toEqual(DROP_REASON_LABELS.map((label, value) => [label, value]));
  expect(new Counters().dropped).toHaveLength(labels.length);
});
