import { beforeEach, describe, expect, it } from 'vitest';
import { V4Harness } from '../support/v4-calls.ts';

let v4: V4Harness;

beforeEach(async () => {
  v4 = await V4Harness.open();
});

function fill(count: number): void {
  for (let i = 0; i < count; i++) v4.admin.addClient({ clientId: `c${i}` }, [`t/${i}`, 1]);
}

describe('page and limit', () => {
  it.each([
    ['?limit=2', ['c0', 'c1'], { page: 1, limit: 2, count: 1203, hasnext: true }],
    ['?page=2&limit=2', ['c2', 'c3'], { page: 2, limit: 2, count: 1203, hasnext: true }],
    ['?page=167&limit=3', ['c498', 'c499', 'c500'], { page: 167, limit: 3, count: 1203, hasnext: true }],
    ['?page=602&limit=2', ['c1202'], { page: 602, limit: 2, count: 1203, hasnext: false }],
    ['?page=401&limit=3', ['c1200', 'c1201', 'c1202'], { page: 401, limit: 3, count: 1203, hasnext: false }],
    ['?page=999999999&limit=10000', [], { page: 999_999_999, limit: 10_000, count: 1203, hasnext: false }],
  ])('/clients%s', async (query, ids, meta) => {
    fill(1203);
    const { body } = await v4.get(`/clients${query}`);
    expect([(body.data as { client_id: string }[]).map((row) => row.client_id), body.meta]).toEqual([ids, meta]);
  });

  it('page alone shows a hundred', async () => {
    fill(150);
    const { body } = await v4.get('/clients?page=2');
    expect([(body.data as unknown[]).length, body.meta]).toEqual([
      50,
      { page: 2, limit: 100, count: 150, hasnext: false },
    ]);
  });

  it('a large page over the edges of batches is the whole list in order', async () => {
    fill(1203);
    const all = await v4.column('/clients', 'client_id');
    expect(all).toHaveLength(1203);
    expect(await v4.column('/clients?limit=10000', 'client_id')).toEqual(all);
  });

  it('counts what a filter leaves', async () => {
    fill(20);
    v4.admin.addClient({ clientId: 'old', protocolVersion: 3 });
    expect((await v4.get('/clients?proto_name=MQIsdp&limit=1')).body.meta).toEqual({
      page: 1,
      limit: 1,
      count: 1,
      hasnext: false,
    });
  });

  it.each([
    ['/clients?limit=10', 10],
    ['/clients?page=51&limit=10', 510],
    ['/subscriptions?limit=10', 10],
    ['/clients?limit=10&conn_state=connected', 1203],
  ])('%s: no more is walked than the page needs, when the total is known', async (path, needed) => {
    fill(1203);
    const { admin } = v4;
    let walked = 0;
    const counted = async function* <T>(batches: AsyncIterable<readonly T[]>) {
      for await (const batch of batches) {
        walked += batch.length;
        yield batch;
      }
    };
    const [clients, subscriptions] = [admin.clients.bind(admin), admin.subscriptions.bind(admin)];
    admin.clients = (criteria) => counted(clients(criteria));
    admin.subscriptions = (criteria) => counted(subscriptions(criteria));
    const { body } = await v4.get(path);
    expect([(body.data as unknown[]).length, (body.meta as { count: number }).count]).toEqual([10, 1203]);
    expect(walked).toBeGreaterThanOrEqual(needed);
    expect(walked).toBeLessThan(needed + 500);
  });

  it('a total that is out of date is never less than what was seen', async () => {
    fill(1203);
    const { figures } = v4.admin;
    v4.admin.figures = async () => ({ ...(await figures.call(v4.admin)), sessions: 7 });
    const meta = { page: 1, limit: 20, count: 500, hasnext: true };
    expect((await v4.get('/clients?limit=20')).body.meta).toEqual(meta);
  });

  it('without them there is no meta', async () => {
    fill(3);
    expect(Object.keys((await v4.get('/clients')).body)).toEqual(['code', 'data']);
  });

  it.each([
    '/',
    '/brokers',
    '/nodes',
    '/clients/c0',
    '/clients/username/u',
    '/subscriptions',
    '/subscriptions/c0',
    '/retained',
  ])('%s has pages', async (path) => {
    fill(2);
    const { body } = await v4.get(`${path}?page=1&limit=1`);
    expect(body.meta).toMatchObject({ page: 1, limit: 1 });
    expect((body.data as unknown[]).length).toBeLessThanOrEqual(1);
  });
});

describe('long lists', () => {
  it.each(['', '?limit=10000'])('are turned into text in pieces, with turns between them: %s', async (query) => {
    fill(10_000);
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      if (isDone) return;
      turns += 1;
      setImmediate(count);
    };
    setImmediate(count);
    const { text } = await v4.harness.call({ method: 'GET', path: `/api/v4/clients${query}` });
    isDone = true;
    expect(JSON.parse(text).data).toHaveLength(10_000);
    expect(turns).toBeGreaterThan(19);
  });

  it('a walk that fails at its beginning is an error reply', async () => {
    v4.admin.fault = new Error('boom');
    expect((await v4.get('/clients')).status).toBe(500);
    expect((await v4.get('/clients?page=1')).status).toBe(500);
  });
});
