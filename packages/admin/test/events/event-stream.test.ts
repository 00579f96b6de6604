import type { ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventStream } from '../../src/events/event-stream.ts';

/** A response whose reader takes what was written when it is told to. */
class HeldResponse extends Writable {
  status = 0;
  headers: Readonly<Record<string, string>> = {};
  taken = '';
  isHeld = false;
  #held: (() => void) | null = null;

  constructor() {
    super({ highWaterMark: 16, decodeStrings: false });
  }

  writeHead(status: number, headers: Readonly<Record<string, string>>): void {
    this.status = status;
    this.headers = headers;
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    this.taken += chunk;
    if (this.isHeld) this.#held = done;
    else done();
  }

  /** Takes the chunk that waits, and what follows. */
  resume(): void {
    this.isHeld = false;
    this.#held?.();
    this.#held = null;
  }

  /** Events taken since the last call. */
  events(): { readonly event: string; readonly data: Record<string, unknown> }[] {
    const found = [...this.taken.matchAll(/event: ([^\n]*)\ndata: ([^\n]*)\n\n/g)];
    this.taken = '';
    return found.map(([, event = '', data = '']) => ({ event, data: JSON.parse(data) }));
  }
}

let response: HeldResponse;
let stream: EventStream;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  response = new HeldResponse();
  stream = new EventStream(response as unknown as ServerResponse, () => 1_700_000_000_000);
});

afterEach(() => {
  response.destroy();
  vi.useRealTimers();
});

const large = (n: number): object => ({ n, text: 'x'.repeat(100_000) });
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a reader of events', () => {
  it('is told how to come back, and gets an event on two lines', () => {
    expect([response.status, response.headers['Content-Type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
    stream.send('connected', { a: 'line\nfeed\r\n\u2028' });
    expect(response.taken).toBe('retry: 3000\n\nevent: connected\ndata: {"a":"line\\nfeed\\r\\n\u2028"}\n\n');
  });

  it('gets a sign of life every 15 seconds, and none after its end', () => {
    response.taken = '';
    vi.advanceTimersByTime(14_999);
    expect(response.taken).toBe('');
    vi.advanceTimersByTime(1);
    expect(response.taken).toBe(':\n\n');
    response.end();
    vi.advanceTimersByTime(60_000);
    expect(response.taken).toBe(':\n\n');
  });

  it('leaves no timer behind', async () => {
    response.destroy();
    await settled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that is slow gets what waited, in order', async () => {
    response.isHeld = true;
    for (let n = 0; n < 10; n++) stream.send('n', large(n));
    response.resume();
    await settled();
    expect(response.events().map(({ data }) => data.n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('that is too slow misses events and is told how many, once and where they would have stood', async () => {
    response.isHeld = true;
    for (let n = 0; n < 100; n++) stream.send('n', large(n));
    expect(response.writableLength).toBeLessThan(200_000);
    response.resume();
    await settled();
    const first = response.events();
    expect(first.slice(0, -1).map(({ data }) => data.n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(first.at(-1)).toEqual({ event: 'lost', data: { at: '2023-11-14T22:13:20.000Z', count: 89 } });
    stream.send('n', { n: 100 });
    expect(response.events()).toEqual([{ event: 'n', data: { n: 100 } }]);
  });

  it('after a loss smaller events are lost too until the reader has caught up: order is kept', async () => {
    response.isHeld = true;
    for (let n = 0; n < 20; n++) stream.send('n', large(n));
    stream.send('n', { n: 20 });
    response.resume();
    await settled();
    expect(response.events().at(-1)?.data).toMatchObject({ count: 10 });
  });

  it('gets no sign of life while it does not read', async () => {
    response.isHeld = true;
    stream.send('n', large(0));
    const before = response.writableLength;
    vi.advanceTimersByTime(60_000);
    expect(response.writableLength).toBe(before);
  });

  it.each(['end', 'destroy'] as const)('nothing is written after %s', async (end) => {
    const faults: unknown[] = [];
    response.on('error', (error) => faults.push(error));
    response[end]();
    stream.send('n', { n: 0 });
    await settled();
    expect([response.events(), faults]).toEqual([[], []]);
  });
});
