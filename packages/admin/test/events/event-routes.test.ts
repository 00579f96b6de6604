import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { AdminEvent } from '@nanomq-ts/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventSchemas } from '../../src/events/event-schemas.ts';
import { AdminHarness, basic } from '../support/admin-harness.ts';
import { clientView, subscriptionView } from '../support/fake-ports.ts';

const atMs = 1_700_000_000_000;
const at = '2023-11-14T22:13:20.000Z';
// biome-ignore lint/suspicious/noTemplateCurlyInString: text
const HOSTILE = 'line\r\n\r\nevent: x\ndata: "</script>\u2028\u0000${x}';

const EVENTS: readonly AdminEvent[] = [
  { type: 'connected', atMs, client: clientView({ clientId: 'a', username: HOSTILE }) },
  { type: 'subscribed', atMs, subscription: subscriptionView({ clientId: 'a', topicFilter: HOSTILE, qos: 1 }) },
  { type: 'unsubscribed', atMs, clientId: 'a', topicFilter: HOSTILE },
  { type: 'dropped', atMs, reason: 'queue_full', count: 3 },
  { type: 'disconnected', atMs, clientId: 'a', reasonCode: 0x8e },
  { type: 'connected', atMs, client: clientView({ clientId: HOSTILE }) },
];

/** Reads `GET /events`; waits for what comes, not for time. */
class Reader {
  readonly #request: ClientRequest;
  readonly response: Promise<IncomingMessage>;
  readonly ended: Promise<void>;
  #text = '';
  #wakeUp: () => void = () => {};

  constructor(port: number, query: string) {
    const headers = { authorization: basic('admin:public') };
    this.#request = request({ host: '127.0.0.1', port, path: `/api/v4/events${query}`, headers });
    this.response = new Promise((resolve, reject) => this.#request.on('response', resolve).on('error', reject));
    this.ended = this.response.then((response) => this.#read(response));
    this.#request.end();
    onTestFinished(() => void this.#request.destroy());
  }

  #read(response: IncomingMessage): Promise<void> {
    response.setEncoding('utf8').on('data', (chunk: string) => {
      this.#text += chunk;
      this.#wakeUp();
    });
    return new Promise((resolve) => response.on('close', resolve));
  }

  /** Reads no more until `resume`. */
  async pause(): Promise<void> {
    (await this.response).pause();
  }

  async resume(): Promise<void> {
    (await this.response).resume();
  }

  /** The first events, when so many have come. */
  async events(count: number): Promise<{ readonly type: string; readonly data: Record<string, unknown> }[]> {
    for (;;) {
      const found = [...this.#text.matchAll(/event: ([^\n]*)\ndata: ([^\n]*)\n\n/g)];
      if (found.length >= count) return found.map(([, type = '', data = '']) => ({ type, data: JSON.parse(data) }));
      await new Promise<void>((resolve) => {
        this.#wakeUp = resolve;
      });
    }
  }

  leave(): void {
    this.#request.destroy();
  }
}

async function opened(harness: AdminHarness, query = ''): Promise<Reader> {
  const reader = new Reader(harness.port, query);
  expect((await reader.response).statusCode).toBe(200);
  return reader;
}

describe('GET /events', () => {
  it('sends what happens, in the form the schemas state', async () => {
    const harness = await AdminHarness.open();
    const reader = await opened(harness);
    for (const event of EVENTS) harness.admin.emit(event);
    const found = await reader.events(EVENTS.length);
    expect(found.map(({ type }) => type)).toEqual(EVENTS.map(({ type }) => type));
    for (const { type, data } of found) {
      expect(eventSchemas[type as keyof typeof eventSchemas].parse(data)).toEqual(data);
    }
    expect(found.slice(2, 5).map(({ data }) => data)).toEqual([
      { at, clientid: 'a', topic: HOSTILE },
      { at, reason: 'queue_full', count: 3 },
      { at, clientid: 'a', reason_code: 0x8e },
    ]);
    expect(found[5]?.data).toMatchObject({ client: { client_id: HOSTILE } });
  });

  it.each([
    ['?type=connected', ['connected', 'connected']],
    ['?type=dropped,disconnected', ['dropped', 'disconnected']],
    ['?clientid=a', ['connected', 'subscribed', 'unsubscribed', 'disconnected']],
    [`?type=connected&clientid=${encodeURIComponent(HOSTILE)}`, ['connected']],
  ])('%s sends only these', async (query, expected) => {
    const harness = await AdminHarness.open();
    const reader = await opened(harness, query);
    const everything = await opened(harness);
    for (const event of EVENTS) harness.admin.emit(event);
    await everything.events(EVENTS.length);
    expect((await reader.events(expected.length)).map(({ type }) => type)).toEqual(expected);
  });

  it.each(['?type=lost', '?type=', '?type=connected,', '?since=1'])('%s', async (query) => {
    const harness = await AdminHarness.open();
    const reader = new Reader(harness.port, query);
    const isRefused = query !== '?type=';
    expect((await reader.response).statusCode).toBe(isRefused ? 400 : 200);
    expect(harness.admin.listeners.size).toBe(isRefused ? 0 : 1);
  });

  it('needs credentials', async () => {
    const harness = await AdminHarness.open();
    expect((await harness.json({ method: 'GET', path: '/api/v4/events', auth: null })).status).toBe(401);
    expect(harness.admin.listeners.size).toBe(0);
  });

  it('a reader that stops reading is told what it missed; the rest comes once and in order', async () => {
    const harness = await AdminHarness.open();
    const reader = await opened(harness);
    await reader.pause();
    const username = 'x'.repeat(100_000);
    const total = 500;
    for (let n = 0; n < total; n++) {
      harness.admin.emit({ type: 'connected', atMs, client: clientView({ clientId: `${n}`, username }) });
      // The socket gets its turn, so that what the system buffers is full too.
      if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await reader.resume();
    let ids: number[] = [];
    let lost = 0;
    for (let count = 1; ids.length + lost < total; count++) {
      const found = await reader.events(count);
      lost = found.reduce((sum, { type, data }) => sum + (type === 'lost' ? Number(data.count) : 0), 0);
      const clients = found.flatMap(({ data }) =>
        data.client === undefined ? [] : [data.client as { client_id: string }],
      );
      ids = clients.map(({ client_id }) => Number(client_id));
    }
    expect(ids.length + lost).toBe(total);
    expect(lost).toBeGreaterThan(total / 2);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  });

  it('stops listening when the reader leaves', async () => {
    const harness = await AdminHarness.open();
    const left = new Promise<void>((resolve) => {
      const { events } = harness.admin;
      harness.admin.events = (listener) => {
        const leave = events.call(harness.admin, listener);
        return () => {
          leave();
          resolve();
        };
      };
    });
    (await opened(harness)).leave();
    await left;
    expect(harness.admin.listeners.size).toBe(0);
  });

  it('ends when the server closes', async () => {
    const harness = await AdminHarness.open();
    const reader = await opened(harness);
    await harness.server.close();
    await reader.ended;
    expect(harness.admin.listeners.size).toBe(0);
    for (const event of EVENTS) harness.admin.emit(event);
  });

  it('readers take no place from other requests', async () => {
    const harness = await AdminHarness.open({ maxConcurrentRequests: 1 });
    await opened(harness);
    await opened(harness);
    expect((await harness.json({ method: 'GET', path: '/api/v4/brokers' })).status).toBe(200);
  });

  it('has places for 64 readers, then answers 503', async () => {
    const harness = await AdminHarness.open();
    const readers = await Promise.all(Array.from({ length: 64 }, () => opened(harness)));
    const reader = new Reader(harness.port, '');
    expect((await reader.response).statusCode).toBe(503);
    expect([readers.length, harness.admin.listeners.size]).toEqual([64, 64]);
  });
});
