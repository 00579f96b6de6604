import { describe, expect, it } from 'vitest';
import { BATCH_STEPS, inBatches } from '../../src/admin/batches.ts';

/** Sizes of the batches, and how many turns had been taken before each. */
async function cut(views: Iterable<number | null>, weigh?: (view: number) => number): Promise<[number, number][]> {
  let turns = 0;
  const batches: [number, number][] = [];
  const yieldTurn = async () => void turns++;
  for await (const batch of inBatches(views, yieldTurn, weigh)) batches.push([batch.length, turns]);
  return [...batches, [0, turns]];
}

function* times<T>(count: number, value: T): Generator<T> {
  for (let i = 0; i < count; i++) yield value;
}

describe('inBatches', () => {
  it.each<[title: string, count: number, batches: [size: number, turnsBefore: number][]]>([
    ['nothing', 0, [[0, 0]]],
    [
      'a few',
      3,
      [
        [3, 0],
        [0, 0],
      ],
    ],
    [
      'exactly one batch',
      100,
      [
        [100, 0],
        [0, 1],
      ],
    ],
    [
      'one more',
      101,
      [
        [100, 0],
        [1, 1],
        [0, 1],
      ],
    ],
    [
      'many',
      340,
      [
        [100, 0],
        [100, 1],
        [100, 2],
        [40, 3],
        [0, 3],
      ],
    ],
  ])('gives %s, a turn after each full batch', async (_, count, batches) => {
    expect(await cut(times(count, 1))).toEqual(batches);
  });

  it('takes turns while nothing is found, and gives no empty batch', async () => {
    expect(await cut(times(10 * BATCH_STEPS, null))).toEqual([[0, 10]]);
    expect(await cut([...times(199, null), 7])).toEqual([
      [1, 1],
      [0, 2],
    ]);
  });

  it('ends a batch early when its views are heavy', async () => {
    const batches = await cut(times(4, 1), () => 50);
    expect(batches).toEqual([
      [2, 0],
      [2, 1],
      [0, 2],
    ]);
    expect((await cut(times(3, 1), () => 10 * BATCH_STEPS)).map(([size]) => size)).toEqual([1, 1, 1, 0]);
  });

  it('reads no further than it is asked to', async () => {
    let read = 0;
    const endless = (function* () {
      for (;;) yield ++read;
    })();
    for await (const batch of inBatches(endless, async () => {})) {
      expect(batch).toHaveLength(BATCH_STEPS);
      break;
    }
    expect(read).toBe(BATCH_STEPS);
  });
});
