import { expect, it } from 'vitest';
import { BacklogAge } from '../src/backlog-age.ts';

it('is as old as the note before the oldest message', () => {
  const age = new BacklogAge();
  age.note(1, 1000);
  age.note(5, 2000);
  age.note(9, 3000);
  expect(age.ageMs(6, 4000)).toBe(2000);
  expect(age.ageMs(9, 4000)).toBe(1000);
  expect(age.ageMs(null, 4000)).toBe(0);
});

it('counts from the latest note while nothing comes', () => {
  const age = new BacklogAge();
  for (let second = 0; second < 10; second++) age.note(7, second * 1000);
  expect(age.ageMs(7, 9500)).toBe(500);
});

it('stays small and close over a long outage', () => {
  const age = new BacklogAge();
  for (let second = 0; second < 100_000; second++) age.note(second, second * 1000);
  const told = age.ageMs(50_000, 100_000_000);
  expect(told).toBeGreaterThanOrEqual(50_000_000);
  expect(told).toBeLessThan(51_000_000);
});
