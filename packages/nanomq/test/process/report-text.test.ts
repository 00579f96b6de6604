import { expect, it } from 'vitest';
import { reportText } from '../../src/process/report-text.ts';

it.each([
  [[], [], [], 'nothing has changed'],
  [['a.b', 'c'], [], [], 'applied: a.b, c'],
  [['a'], ['b'], ['c'], 'applied: a\nneeds a restart: b\nunchanged: c'],
])('%j %j %j', (applied, needsRestart, unchanged, expected) => {
  expect(reportText({ applied, needsRestart, unchanged })).toBe(expected);
});
