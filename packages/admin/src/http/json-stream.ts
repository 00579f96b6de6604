import type { ServerResponse } from 'node:http';

/** Characters that are sent together: a write costs as much as some fifty rows. */
const WRITE_CHARS = 16_384;

/** Thrown into the walk when the caller went away; nobody is left to be answered. */
class ReaderLeft extends Error {}

/**
 * Answers 200 with `head`, the rows of all batches as a JSON array, then `tail`: `{"code":0,"data":` + `[...]` + `}`.
 * One batch is turned into text at a time, and the next is asked for only when the socket has taken what was sent, so
 * that a long list holds neither the event loop nor memory.
 * @param head, tail  JSON text around the array; a function is asked when the walk is over
 * @throws what the walk throws before its first batch (nothing was sent, an error can be answered); later the connection
 *   is cut, because a complete reply would be a lie
 */
export async function streamJsonArray<T>(
  response: ServerResponse,
  head: string,
  batches: AsyncIterable<readonly T[]>,
  tail: string | (() => string),
  toJson: (row: T) => unknown,
): Promise<void> {
  const walk = batches[Symbol.asyncIterator]();
  let step = await walk.next();
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  const reader = new Reader(response);
  let text = `${head}[`;
  let separator = '';
  try {
    while (step.done !== true) {
      if (step.value.length > 0) {
        text += separator + JSON.stringify(step.value.map(toJson)).slice(1, -1);
        separator = ',';
      }
      if (text.length >= WRITE_CHARS) {
        await reader.take(text);
        text = '';
      }
      step = await walk.next();
    }
    response.end(`${text}]${typeof tail === 'string' ? tail : tail()}`);
  } catch (error) {
    await walk.return?.();
    if (error instanceof ReaderLeft) return;
    response.destroy();
    throw error;
  }
}

/**
 * Who reads the reply. An abort signal for each write would do the same, and outlive every scavenge: 60 KB of a reply of
 * 1 MB were promoted so.
 */
class Reader {
  readonly #response: ServerResponse;
  #goOn: () => void = () => {};

  constructor(response: ServerResponse) {
    this.#response = response;
    const goOn = (): void => this.#goOn();
    response.on('drain', goOn).once('close', goOn);
  }

  /** Settles when there is room for more. @throws ReaderLeft (rejects) */
  async take(text: string): Promise<void> {
    this.#assertThere();
    if (this.#response.write(text)) return;
    await new Promise<void>((goOn) => {
      this.#goOn = goOn;
    });
    this.#assertThere();
  }

  #assertThere(): void {
    if (this.#response.destroyed || this.#response.closed) throw new ReaderLeft();
  }
}
