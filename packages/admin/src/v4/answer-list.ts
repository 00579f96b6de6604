import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Response } from 'express';
import { jsonRows } from '../http/json-rows.ts';
import { streamJsonArray } from '../http/json-stream.ts';
import type { PageMeta, Paging } from './paging.ts';

/** Rows turned into text in one turn of the event loop. */
export const ROWS_PER_TURN = 50;
/** Bytes of large fields turned into text in one turn of the event loop. */
const PIECE_BYTES = 262_144;

/**
 * Answers with a list: all of it as it is walked, or one page and `meta`. The walk goes on behind the page, because
 * `meta` tells how many rows there are, unless that is known.
 * @param total  rows of the whole list; null = to be counted
 * @throws what the walk throws before anything was sent
 */
export async function answerList<T>(
  response: Response,
  batches: AsyncIterable<readonly T[]>,
  paging: Paging | null,
  toJson: (row: T) => unknown,
  total: (() => Promise<number>) | null = null,
): Promise<void> {
  const head = '{"code":0,"data":';
  const rowsJson = jsonRows(toJson);
  if (paging === null) return streamJsonArray(response, head, batches, '}', rowsJson);
  const page = new PageWalk(batches, paging, total === null ? null : await total());
  await streamJsonArray(response, head, page.rows(), () => `,"meta":${JSON.stringify(page.meta)}}`, rowsJson);
}

/** The rows of a page; the others are only counted. */
class PageWalk<T> {
  readonly #batches: AsyncIterable<readonly T[]>;
  readonly #paging: Paging;
  readonly #total: number | null;
  #count = 0;
  #isCut = false;

  constructor(batches: AsyncIterable<readonly T[]>, paging: Paging, total: number | null) {
    this.#batches = batches;
    this.#paging = paging;
    this.#total = total;
  }

  async *rows(): AsyncGenerator<readonly T[], void, undefined> {
    const { page, limit } = this.#paging;
    const first = (page - 1) * limit;
    for await (const batch of this.#batches) {
      const from = Math.max(0, first - this.#count);
      const to = Math.max(0, first + limit - this.#count);
      this.#count += batch.length;
      yield batch.slice(from, to);
      this.#isCut = this.#total !== null && this.#count >= first + limit;
      if (this.#isCut) return;
    }
  }

  /** Known when the walk is over; of one that was cut short the total, never less than was seen. */
  get meta(): PageMeta {
    const { page, limit } = this.#paging;
    const count = this.#isCut ? Math.max(this.#count, this.#total ?? 0) : this.#count;
    return { page, limit, count, hasnext: page * limit < count };
  }
}

/** Rows in batches with a turn of the event loop between them. */
export async function* inBatches<T>(rows: readonly T[]): AsyncGenerator<readonly T[], void, undefined> {
  for (let at = 0; at < rows.length; at += ROWS_PER_TURN) {
    if (at > 0) await nextTurn();
    yield rows.slice(at, at + ROWS_PER_TURN);
  }
}

/** The rows of which `isWanted` holds. */
export async function* wanted<T>(
  batches: AsyncIterable<readonly T[]>,
  isWanted: (row: T) => boolean,
): AsyncGenerator<readonly T[], void, undefined> {
  for await (const batch of batches) yield batch.filter(isWanted);
}

/** The same rows in batches which hold no more than a row and a quarter of a megabyte, with turns between them. */
export async function* inPieces<T>(
  batches: AsyncIterable<readonly T[]>,
  bytesOf: (row: T) => number,
): AsyncGenerator<readonly T[], void, undefined> {
  for await (const batch of batches) {
    let from = 0;
    let bytes = 0;
    for (let at = 0; at < batch.length; at++) {
      bytes += bytesOf(batch[at] as T);
      if (bytes < PIECE_BYTES) continue;
      yield batch.slice(from, at + 1);
      await nextTurn();
      from = at + 1;
      bytes = 0;
    }
    yield batch.slice(from);
  }
}
