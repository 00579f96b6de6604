import type { ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HttpServer } from '../../src/http/http-server.ts';
import { jsonRows } from '../../src/http/json-rows.ts';
import { streamJsonArray } from '../../src/http/json-stream.ts';
import { eventually } from '../support/admin-harness.ts';
import { RawHttp } from '../support/raw-http.ts';

const asTheyAre = jsonRows((row: unknown) => row);

const GET = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

/** A walk one can look at. */
class Walk {
  asked = 0;
  isEnded = false;

  async *over<T>(batches: readonly (readonly T[] | Error)[]): AsyncGenerator<readonly T[]> {
    try {
      for (const batch of batches) {
        this.asked += 1;
        if (batch instanceof Error) throw batch;
        yield batch;
      }
    } finally {
      this.isEnded = true;
    }
  }
}

async function serve(answer: (response: ServerResponse) => Promise<void>): Promise<[RawHttp, Promise<unknown>]> {
  let settle = (_: unknown): void => {};
  const outcome = new Promise((resolve) => {
    settle = resolve;
  });
  const server = new HttpServer(
    (_, response) => {
      answer(response).then(() => settle('done'), settle);
    },
    () => 1000,
  );
  const { port } = await server.listen('127.0.0.1', 0);
  const raw = new RawHttp(port);
  onTestFinished(() => {
    raw.socket.destroy();
    return server.close();
  });
  return [raw, outcome];
}

/** The body of a whole reply, chunked or not. */
function bodyOf(text: string): string {
  const body = text.slice(text.indexOf('\r\n\r\n') + 4);
  if (!text.includes('Transfer-Encoding: chunked')) return body;
  return body
    .split('\r\n')
    .filter((_, i) => i % 2 === 1)
    .join('');
}

describe('streamJsonArray', () => {
  it.each([
    ['no batch', [], '{"data":[]}'],
    ['empty batches', [[], []], '{"data":[]}'],
    ['one row', [[1]], '{"data":[1]}'],
    ['rows over batches, some empty', [[], [1, 2], [], [3]], '{"data":[1,2,3]}'],
  ])('%s', async (_, batches, expected) => {
    const [raw] = await serve((response) =>
      streamJsonArray<number>(response, '{"data":', new Walk().over(batches), '}', asTheyAre),
    );
    raw.send(GET);
    expect(bodyOf(await raw.untilClosed())).toBe(expected);
  });

  it.each([
    ['rows of a few characters', 'ä€𝄞"\n'.repeat(3)],
    ['rows of some kilobytes', 'ä€𝄞'.repeat(700)],
    ['rows larger than what is sent together', 'ä€𝄞'.repeat(40_000)],
  ])('is the same text over many pieces: %s', async (_, content) => {
    const rows = Array.from({ length: 50 }, (_, at) => ({
      at,
      content: content.slice(0, content.length - (at % 7) * 2),
    }));
    const batches = rows.map((_, at) => rows.slice(at * 3, at * 3 + 3));
    const [raw] = await serve((response) =>
      streamJsonArray(response, '{"data":', new Walk().over(batches), '}', asTheyAre),
    );
    raw.send(GET);
    expect(JSON.parse(bodyOf(await raw.untilClosed()))).toEqual({ data: rows });
  });

  it('asks for the next batch only when the caller takes what it has', async () => {
    const walk = new Walk();
    const big = 'x'.repeat(1024 * 1024);
    const batches = Array.from({ length: 64 }, () => [big]);
    const [raw, outcome] = await serve((response) =>
      streamJsonArray<string>(response, '', walk.over(batches), '', asTheyAre),
    );
    raw.socket.pause();
    raw.send(GET);
    // What the kernel takes for a caller who does not read is far less than 64 MiB.
    let before = -1;
    while (before !== walk.asked) {
      before = walk.asked;
      for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(walk.asked).toBeLessThan(40);
    raw.socket.resume();
    expect(await outcome).toBe('done');
    expect(walk.asked).toBe(64);
  });

  it('ends the walk when the caller leaves', async () => {
    const walk = new Walk();
    const batches = Array.from({ length: 64 }, () => ['x'.repeat(1024 * 1024)]);
    const [raw, outcome] = await serve((response) =>
      streamJsonArray<string>(response, '', walk.over(batches), '', asTheyAre),
    );
    raw.socket.pause();
    raw.send(GET);
    await eventually(() => walk.asked).toBeGreaterThan(1);
    raw.socket.destroy();
    expect(await outcome).toBe('done');
    expect([walk.isEnded, walk.asked < 64]).toEqual([true, true]);
  });

  it('throws before the first byte when the walk fails at once', async () => {
    const fault = new Error('no');
    const [raw, outcome] = await serve(async (response) => {
      await streamJsonArray(response, '', new Walk().over([fault]), '', asTheyAre).finally(() => {
        expect(response.headersSent).toBe(false);
        response.end();
      });
    });
    raw.send(GET);
    expect(await outcome).toBe(fault);
  });

  it('cuts the connection when the walk fails later: no reply looks complete that is not', async () => {
    const fault = new Error('no');
    const [raw, outcome] = await serve((response) =>
      streamJsonArray<number>(response, '[', new Walk().over([[1], fault]), ']', asTheyAre),
    );
    raw.send(GET);
    expect(await outcome).toBe(fault);
    expect(await raw.untilClosed()).not.toContain('\r\n0\r\n\r\n');
  });
});
