/** One of the two questions of a poll. */
export interface PollQuestion {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: string;
  /** A shorter answer than this cannot hold all the rows. */
  readonly leastBytes: number;
}

// Rows of the idle crowd take 104 bytes and more in v1, 260 and more in v4.
const V1_ROW_BYTES = 100;
const V4_ROW_BYTES = 250;
const V4_LIMIT = 100;
const GOOD_HEAD = '{"code":0,';

/** All clients over NanoMQ's request code 5, and the first page of API v4. @param clients  connected at least */
export function pollQuestions(clients: number): readonly PollQuestion[] {
  return [
    { method: 'POST', path: '/api/v1', body: '{"req":5,"seq":1}', leastBytes: clients * V1_ROW_BYTES },
    {
      method: 'GET',
      path: `/api/v4/clients?limit=${V4_LIMIT}`,
      body: '',
      leastBytes: Math.min(clients, V4_LIMIT) * V4_ROW_BYTES,
    },
  ];
}

/**
 * Looks at an answer without keeping it: to parse a megabyte ten times a second would take the load generator's core.
 * An answer is good when it has status 200, says code 0, is closed and long enough.
 */
export class PollAnswer {
  #bytes = 0;
  #head = '';
  #last = 0;

  add(chunk: Uint8Array): void {
    const missing = GOOD_HEAD.length - this.#head.length;
    if (missing > 0) this.#head += Buffer.from(chunk.subarray(0, missing)).toString('latin1');
    this.#bytes += chunk.length;
    this.#last = chunk.at(-1) ?? 0;
  }

  /** @returns what is wrong with it, or undefined */
  fault(status: number, question: PollQuestion): string | undefined {
    const of = `${question.method} ${question.path}`;
    if (status !== 200) return `${of}: status ${status}`;
    if (this.#head !== GOOD_HEAD) return `${of}: it begins with ${this.#head}`;
    if (this.#last !== 0x7d) return `${of}: it is cut off`;
    if (this.#bytes < question.leastBytes) return `${of}: only ${this.#bytes} bytes, rows are missing`;
    return undefined;
  }
}
