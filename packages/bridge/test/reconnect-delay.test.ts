import { expect, it } from 'vitest';
import { ReconnectDelay } from '../src/reconnect-delay.ts';

it('begins within 2 s, doubles, and stays at the longest', () => {
  const delay = new ReconnectDelay(() => 1);
  expect([0, 1, 2, 3, 4, 5].map(() => delay.next(10_000))).toEqual([2000, 2000, 4000, 8000, 10_000, 10_000]);
  delay.reset();
  expect(delay.next(10_000)).toBe(2000);
});

it('is spread over its second half', () => {
  const delay = new ReconnectDelay(() => 0);
  expect([0, 1, 2].map(() => delay.next(60_000))).toEqual([0, 1000, 2000]);
});

it('never waits longer than allowed', () => {
  const delay = new ReconnectDelay(() => 1);
  for (let i = 0; i < 40; i++) expect(delay.next(700)).toBeLessThanOrEqual(700);
});
