import { beforeEach, describe, expect, it } from 'vitest';
import { V4Harness } from '../support/v4-calls.ts';

let v4: V4Harness;

beforeEach(async () => {
  v4 = await V4Harness.open();
  v4.admin.addClient({ clientId: 'a' }, ['x/+/y', 1], ['x/#', 0]);
  v4.admin.addClient({ clientId: 'b' }, ['x/#', 2], ['$share/g 1/x/#', 1], ['$share/g2/x/#', 1]);
});

describe('GET /subscriptions', () => {
  it('has one row each', async () => {
    expect(((await v4.get('/subscriptions')).body.data as unknown[])[0]).toEqual({
      clientid: 'a',
      topic: 'x/+/y',
      qos: 1,
      no_local: false,
      retain_as_published: false,
      subscription_identifier: 0,
    });
  });

  it.each([
    ['', ['x/+/y', 'x/#', 'x/#', '$share/g 1/x/#', '$share/g2/x/#']],
    ['?clientid=a', ['x/+/y', 'x/#']],
    ['?topic=x/%23', ['x/#', 'x/#']],
    ['?topic=x/+/y', ['x/+/y']],
    ['?topic=x/%2B/y', ['x/+/y']],
    ['?qos=1&clientid=b', ['$share/g 1/x/#', '$share/g2/x/#']],
    ['?share=g%201', ['$share/g 1/x/#']],
    ['?share=none', []],
    ['/b?page=2&limit=1', ['$share/g 1/x/#']],
    ['/nobody', []],
  ])('%s', async (path, expected) => {
    expect(await v4.column(`/subscriptions${path}`, 'topic')).toEqual(expected);
  });

  it.each(['?qos=3', '?qos=-1', '?filter=x', '/b?clientid=a'])('%s is refused with 400/108', async (path) => {
    const { status, body } = await v4.get(`/subscriptions${path}`);
    expect([status, body.code]).toEqual([400, 108]);
  });
});

describe('GET /topic-tree', () => {
  it('has the levels from the root', async () => {
    v4.admin.tree = [
      [{ level: '', childCount: 2, clientIds: [] }],
      [
        { level: 'x', childCount: 1, clientIds: [] },
        { level: '', childCount: 0, clientIds: ['c'] },
      ],
      [{ level: '#', childCount: 0, clientIds: ['a', 'b'] }],
    ];
    expect(await v4.get('/topic-tree')).toEqual({
      status: 200,
      body: {
        code: 0,
        data: [
          [{ topic: '', cld_cnt: 2 }],
          [
            { topic: 'x', cld_cnt: 1 },
            { topic: '', cld_cnt: 0, clientid: ['c'] },
          ],
          [{ topic: '#', cld_cnt: 0, clientid: ['a', 'b'] }],
        ],
      },
    });
  });

  it.each([
    ['no level', []],
    ['an empty level', [[]]],
    ['empty levels at both ends', [[], [1], []]],
    ['levels over batches', [[500], [501], [1], [1000]].map(([count]) => new Array(count).fill(1))],
  ])('%s', async (_, shape) => {
    v4.admin.tree = shape.map((nodes) => nodes.map(() => ({ level: 'l', childCount: 0, clientIds: [] })));
    const { data } = (await v4.get('/topic-tree')).body;
    expect((data as unknown[][]).map((nodes) => nodes.length)).toEqual(shape.map((nodes) => nodes.length));
  });
});
