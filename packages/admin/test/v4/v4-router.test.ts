import { AdminError } from '@nanomq-ts/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { V4Harness } from '../support/v4-calls.ts';

let v4: V4Harness;

beforeEach(async () => {
  v4 = await V4Harness.open();
});

describe('what all endpoints share', () => {
  it.each([
    ['GET', '/nothing', 404, 102],
    ['GET', '/clients/a/b', 404, 102],
    ['POST', '/clients', 404, 102],
    ['PUT', '/brokers', 404, 102],
    ['DELETE', '/clients', 404, 102],
    ['GET', '/Clients', 404, 102],
    ['GET', '/mqtt/publish', 404, 102],
    ['PATCH', '/brokers', 405, 102],
    ['OPTIONS', '/brokers', 405, 102],
    ['GET', '/clients/%E0%A4%A', 400, 108],
  ])('%s %s: %i/%i', async (method, path, status, code) => {
    const reply = await v4.send(method, path);
    expect([reply.status, reply.body.code, typeof reply.body.msg]).toEqual([status, code, 'string']);
  });

  it('HEAD is no method of it', async () => {
    const { status, headers } = await v4.harness.call({ method: 'HEAD', path: '/api/v4/brokers' });
    expect([status, headers.allow]).toEqual([405, 'GET, POST, PUT, DELETE']);
  });

  it.each([
    '',
    '/',
    '/brokers/',
    '/nodes/',
    '/clients/',
    '/subscriptions/',
    '/topic-tree/',
    '/reload/',
    '/configuration/',
  ])('a slash at the end is the same path: %s', async (path) => {
    expect((await v4.get(path)).status).toBe(200);
  });

  it('a shard that does not answer: 500/101', async () => {
    v4.admin.fault = new AdminError('SHARD_TIMEOUT');
    expect(await v4.get('/nodes')).toEqual({ status: 500, body: { code: 101, msg: 'a shard did not answer in time' } });
  });
});

describe('GET /', () => {
  it('lists every endpoint with a path that is served', async () => {
    const { body } = await v4.get('/');
    const rows = body.data as { path: string; name: string; method: string; descr: string }[];
    expect(rows.find(({ name }) => name === 'list_brokers')).toEqual({
      path: '/brokers',
      name: 'list_brokers',
      method: 'GET',
      descr: 'A list of brokers in the cluster',
    });
    for (const { path, method } of rows.filter((row) => row.name !== 'read_events' && row.name !== 'ctrl_broker')) {
      const reply = await v4.harness.call({ method, path: `/api/v4${path.replace(/[:*]\w+/g, 'x')}` });
      expect([method, path, reply.status === 405 || reply.text.includes('"code":102')]).toEqual([method, path, false]);
    }
  });
});

describe('GET /brokers and /nodes', () => {
  it('tell version and time', async () => {
    v4.harness.nowMs = 1_699_999_000_000 + 1000 * (15 * 3600 + 1 * 60 + 38);
    const { data } = (await v4.get('/brokers')).body;
    const at = new Date(v4.harness.nowMs);
    const two = (value: number): string => String(value).padStart(2, '0');
    const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
    const time = [two(at.getHours()), two(at.getMinutes()), two(at.getSeconds())].join(':');
    expect(data).toEqual([
      {
        datetime: `${day} ${time}`,
        sysdescr: 'NanoMQ Broker',
        node_status: 'Running',
        uptime: '15 Hours, 1 minutes, 38 seconds',
        version: '0.1.0',
      },
    ]);
  });

  it('count the clients online', async () => {
    v4.admin.figureValues = { ...v4.admin.figureValues, connections: 3, sessions: 9 };
    expect((await v4.get('/nodes')).body.data).toMatchObject([{ connections: 3, node_status: 'Running' }]);
  });
});

describe('POST /ctrl/{action}', () => {
  it.each([
    ['stop', 'stop'],
    ['STOP', 'stop'],
    ['restart', 'restart'],
    ['Restart/', 'restart'],
  ])('%s', async (action, expected) => {
    const acted = new Promise<string>((resolve) => {
      v4.config.stop = () => resolve('stop');
      v4.config.restart = () => resolve('restart');
    });
    expect(await v4.post(`/ctrl/${action}`)).toEqual({ status: 200, body: { code: 0 } });
    expect(await acted).toBe(expected);
  });

  it.each(['pause', 'constructor', 'settings', '%20stop'])('%s: 404/101', async (action) => {
    const { status, body } = await v4.post(`/ctrl/${action}`);
    expect([status, body.code, v4.config.stops, v4.config.restarts]).toEqual([404, 101, 0, 0]);
  });
});
