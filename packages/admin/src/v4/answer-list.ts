import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Response } from 'express';
import { streamJsonArray } from '../http/json-stream.ts';
import type { PageMeta, Paging } from './paging.ts';

/** Rows turned into text in one turn of the event loop. */
const BATCH = 500;

/**
 * Answers with a list: all of it as it is walked, or one page and `meta`. The walk goes on behind the page, because
 * `meta` tells how many rows there are.
 * @throws what the walk throws before anything was sent
 */
export async function answerList<T>(
  response: Response,
  batches: AsyncIterable<readonly T[]>,
  paging: Paging | null,
  toJson: (row: T) => unknown,
): Promise<void> {
  if (paging === null) return streamJsonArray(response, '{"code":0,"data":', batches, '}', toJson);
  const { rows, meta } = await pageOf(batches, paging, toJson, () => response.destroyed);
  const tail = `,"meta":${JSON.stringify(meta)}}`;
  await streamJsonArray(response, '{"code":0,"data":', inBatches(rows), tail, (row) => row);
}

async function pageOf<T>(
  batches: AsyncIterable<readonly T[]>,
  { page, limit }: Paging,
  toJson: (row: T) => unknown,
  isLeft: () => boolean,
): Promise<{ readonly rows: readonly unknown[]; readonly meta: PageMeta }> {
  const first = (page - 1) * limit;
  const rows: unknown[] = [];
  let count = 0;
  for await (const batch of batches) {
    const from = Math.max(0, first - count);
    for (const row of batch.slice(from, Math.max(0, first + limit - count))) rows.push(toJson(row));
    count += batch.length;
    if (isLeft()) break;
  }
  return { rows, meta: { page, limit, count, hasnext: first + limit < count } };
}

/** Rows in batches with a turn of the event loop between them. */
export async function* inBatches<T>(rows: readonly T[]): AsyncGenerator<readonly T[], void, undefined> {
  for (let at = 0; at < rows.length; at += BATCH) {
    if (at > 0) await nextTurn();
    yield rows.slice(at, at + BATCH);
  }
}

/** The rows of which `isWanted` holds. */
export async function* wanted<T>(
  batches: AsyncIterable<readonly T[]>,
  isWanted: (row: T) => boolean,
): AsyncGenerator<readonly T[], void, undefined> {
  for await (const batch of batches) yield batch.filter(isWanted);
}
