import { FakeClock } from '@nanomq-ts/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { WalkPace } from '../../src/admin/walk-pace.ts';

let clock: FakeClock;
let pace: WalkPace;
let turnsOf: string[];

beforeEach(() => {
  clock = new FakeClock();
  pace = new WalkPace(clock);
  turnsOf = [];
});

/** A walk of so many turns. */
async function walk(name: string, turns: number): Promise<void> {
  for (let i = 0; i < turns; i++) {
    await pace.nextTurn();
    turnsOf.push(name);
  }
}

/** Lets a turn pass after so many milliseconds, and what waited for it go on. */
async function turn(ms = 0): Promise<void> {
  clock.advance(ms);
  clock.runTurn();
  await new Promise((done) => setImmediate(done));
}

describe('WalkPace', () => {
  it('lets one walk go on in a turn, in the order in which they asked', async () => {
    void walk('a', 2);
    void walk('b', 1);
    void walk('c', 2);
    const seen: string[] = [];
    for (let i = 0; i < 6; i++) {
      clock.runTurn();
      await new Promise((done) => setImmediate(done));
      seen.push(turnsOf.join(''));
    }
    expect(seen).toEqual(['a', 'ab', 'abc', 'abca', 'abcac', 'abcac']);
  });

  it('is spent before its first turn and a tenth of a millisecond after it began', async () => {
    expect(pace.isSpent()).toBe(true);
    void walk('a', 1);
    await turn();
    expect(pace.isSpent()).toBe(false);
    clock.advance(0.09);
    expect(pace.isSpent()).toBe(false);
    clock.advance(0.02);
    expect(pace.isSpent()).toBe(true);
  });

  it('takes an eighth of the time that others took', async () => {
    void walk('a', 1);
    await turn(16);
    clock.advance(1.9);
    expect(pace.isSpent()).toBe(false);
    clock.advance(0.2);
    expect(pace.isSpent()).toBe(true);
  });

  it('asks for no turn when nobody waits', async () => {
    void walk('a', 1);
    await turn();
    expect(clock.runTurn()).toBe(false);
  });
});
