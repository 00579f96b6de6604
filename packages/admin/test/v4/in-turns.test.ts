import { expect, it } from 'vitest';
import { inTurns } from '../../src/v4/in-turns.ts';

it('keeps the order, and lets the event loop go on meanwhile', async () => {
  const done: number[] = [];
  let turns = 0;
  const beat = (): void => {
    turns += 1;
    if (done.length < 20) setImmediate(beat);
  };
  setImmediate(beat);
  await inTurns(
    Array.from({ length: 20 }, (_, i) => i),
    async (order) => {
      const until = performance.now() + 2;
      while (performance.now() < until);
      done.push(order);
    },
  );
  expect(done).toEqual(Array.from({ length: 20 }, (_, i) => i));
  expect(turns).toBeGreaterThan(1);
});

it('ends with the first order that fails', async () => {
  const done: number[] = [];
  const run = async (order: number): Promise<void> => {
    if (order === 2) throw new Error('two');
    done.push(order);
  };
  await expect(inTurns([1, 2, 3], run)).rejects.toThrow('two');
  expect(done).toEqual([1]);
});
