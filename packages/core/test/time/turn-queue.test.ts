import { FakeClock } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { TurnQueue } from '../../src/time/turn-queue.ts';

describe('TurnQueue', () => {
  it('takes one step in a turn, in the order in which they came', () => {
    const clock = new FakeClock();
    const queue = new TurnQueue((callback) => clock.afterTurn(callback));
    const taken: string[] = [];
    queue.push(() => {
      taken.push('a');
      queue.push(() => taken.push('after a'));
    });
    queue.push(() => taken.push('b'));
    expect(taken).toEqual([]);
    const seen: string[][] = [];
    while (clock.runTurn()) seen.push([...taken]);
    expect(seen).toEqual([['a'], ['a', 'b'], ['a', 'b', 'after a']]);
  });

  it('goes on after a step that failed', () => {
    const clock = new FakeClock();
    const queue = new TurnQueue((callback) => clock.afterTurn(callback));
    let isTaken = false;
    queue.push(() => {
      throw new Error('a step that fails');
    });
    queue.push(() => {
      isTaken = true;
    });
    expect(() => clock.runTurn()).toThrow('a step that fails');
    clock.runTurn();
    expect(isTaken).toBe(true);
  });
});
