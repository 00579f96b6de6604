import { describe, expect, it } from 'vitest';
import { BATCH_STEPS, inBatches, TURN_STEPS } from '../../src/admin/batches.ts';
import type { Pace } from '../../src/admin/walk-pace.ts';

/** A pace that has had enough of a turn after so many looks at the time, and counts the turns. */
class CountingPace implements Pace {
  turns = 0;
  readonly #looksPerTurn: number;
  #looks = 0;

  constructor(looksPerTurn = Number.POSITIVE_INFINITY) {
    this.#looksPerTurn = looksPerTurn;
  }

  isSpent(): boolean {
    return ++this.#looks >= this.#looksPerTurn;
  }

  async nextTurn(): Promise<void> {
    this.turns++;
    this.#looks = 0;
  }
}

/** Sizes of the batches and the turn in which each was given; at the end 0 and the turns in all. */
async function cut(
  views: Iterable<number | null>,
  pace: CountingPace,
  weigh?: (view: number) => number,
): Promise<[number, number][]> {
  const batches: [number, number][] = [];
  for await (const batch of inBatches(views, pace, weigh)) batches.push([batch.length, pace.turns]);
  return [...batches, [0, pace.turns]];
}

function* times<T>(count: number, value: T): Generator<T> {
  for (let i = 0; i < count; i++) yield value;
}

describe('inBatches', () => {
  it('begins in a turn of its own, even when there is nothing', async () => {
    expect(await cut([], new CountingPace())).toEqual([[0, 1]]);
    expect(await cut([1, 2, 3], new CountingPace())).toEqual([
      [3, 1],
      [0, 1],
    ]);
  });

  it('looks at the time after each batch and takes a turn when it is spent', async () => {
    const count = 5 * BATCH_STEPS + 2;
    expect(await cut(times(count, 1), new CountingPace(2))).toEqual([
      [BATCH_STEPS, 1],
      [BATCH_STEPS, 1],
      [BATCH_STEPS, 2],
      [BATCH_STEPS, 2],
      [BATCH_STEPS, 3],
      [2, 3],
      [0, 3],
    ]);
  });

  it('takes a turn after so many steps even when the time is never spent', async () => {
    const batches = await cut(times(2 * TURN_STEPS + 1, 1), new CountingPace());
    expect(batches.at(-1)).toEqual([0, 3]);
    expect(batches.filter(([, turn]) => turn === 1)).toHaveLength(TURN_STEPS / BATCH_STEPS);
  });

  it('takes turns while nothing is found, and gives no empty batch', async () => {
    expect(await cut(times(10 * BATCH_STEPS, null), new CountingPace(1))).toEqual([[0, 11]]);
    expect(await cut([...times(2 * BATCH_STEPS - 1, null), 7], new CountingPace(1))).toEqual([
      [1, 2],
      [0, 3],
    ]);
  });

  it('ends a batch early when its views are heavy', async () => {
    const half = () => BATCH_STEPS / 2;
    expect((await cut(times(4, 1), new CountingPace(), half)).map(([size]) => size)).toEqual([2, 2, 0]);
    const huge = () => TURN_STEPS;
    expect(await cut(times(3, 1), new CountingPace(), huge)).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [0, 4],
    ]);
  });

  it('reads no further than it is asked to', async () => {
    let read = 0;
    const endless = (function* () {
      for (;;) yield ++read;
    })();
    for await (const batch of inBatches(endless, new CountingPace())) {
      expect(batch).toHaveLength(BATCH_STEPS);
      break;
    }
    expect(read).toBe(BATCH_STEPS);
  });
});
