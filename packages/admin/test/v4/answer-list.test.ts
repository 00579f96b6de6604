import { expect, it } from 'vitest';
import { inPieces } from '../../src/v4/answer-list.ts';
import { V4Harness } from '../support/v4-calls.ts';

async function* batches(...rows: readonly (readonly number[])[]): AsyncGenerator<readonly number[]> {
  yield* rows;
}

it.each<[string, number[][], number[][]]>([
  ['small rows stay together', [[1, 2, 3], [4]], [[1, 2, 3], [4]]],
  [
    'a large row ends its piece',
    [[1, 300_000, 2, 3]],
    [
      [1, 300_000],
      [2, 3],
    ],
  ],
  ['rows that are large together', [[100_000, 100_000, 100_000, 100_000]], [[100_000, 100_000, 100_000], [100_000]]],
  ['large rows alone', [[300_000, 300_000]], [[300_000], [300_000], []]],
  ['nothing', [[]], [[]]],
])('a batch in pieces: %s', async (_, rows, expected) => {
  const pieces: (readonly number[])[] = [];
  for await (const piece of inPieces(batches(...rows), (bytes) => bytes)) pieces.push(piece);
  expect(pieces).toEqual(expected);
});

it('the event loop gets a turn between pieces', async () => {
  const seen: string[] = [];
  setImmediate(() => seen.push('turn'));
  for await (const piece of inPieces(batches([300_000, 1]), (bytes) => bytes)) seen.push(`rows ${piece.length}`);
  expect(seen).toEqual(['rows 1', 'turn', 'rows 1']);
});

it.each([
  ['', 0, 100],
  ['?page=2&limit=40', 40, 80],
])('clients with large wills are listed whole: %s', async (query, from, to) => {
  const v4 = await V4Harness.open();
  const payload = Buffer.alloc(60_000, 'w');
  for (let i = 0; i < 100; i++) v4.admin.addClient({ clientId: `c${i}`, will: { topicName: 't', payload } });
  const expected = Array.from({ length: to - from }, (_, i) => `c${i + from}`);
  expect(await v4.column(`/clients${query}`, 'client_id')).toEqual(expected);
  expect((await v4.column(`/clients${query}`, 'will_msg'))[0]).toBe(payload.toString());
});
