import type { ServerResponse } from 'node:http';
import { ReaderLeft, ReplyPage } from './reply-page.ts';

/**
 * Answers 200 with `head`, the rows of all batches as a JSON array, then `tail`: `{"code":0,"data":` + `[...]` + `}`.
 * One batch is turned into text at a time, and the next is asked for only when the socket has taken what was sent, so
 * that a long list holds neither the event loop nor memory.
 * @param head, tail  JSON text around the array; a function is asked when the walk is over
 * @param toJson      of rows, at least one: their JSON text, commas between them
 * @throws what the walk throws before its first batch (nothing was sent, an error can be answered); later the connection
 *   is cut, because a complete reply would be a lie
 */
export async function streamJsonArray<T>(
  response: ServerResponse,
  head: string,
  batches: AsyncIterable<readonly T[]>,
  tail: string | (() => string),
  toJson: (rows: readonly T[]) => string,
): Promise<void> {
  const walk = batches[Symbol.asyncIterator]();
  let step = await walk.next();
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  const page = new ReplyPage(response);
  let before = `${head}[`;
  try {
    while (step.done !== true) {
      if (step.value.length > 0) {
        page.put(before);
        page.put(toJson(step.value));
        before = ',';
      }
      if (page.isFull) await page.send();
      step = await walk.next();
    }
    if (before !== ',') page.put(before);
    page.put(']');
    page.put(typeof tail === 'string' ? tail : tail());
    page.end();
  } catch (error) {
    await walk.return?.();
    if (error instanceof ReaderLeft) return;
    response.destroy();
    throw error;
  }
}
