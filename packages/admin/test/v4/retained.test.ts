import { AdminError } from '@nanomq-ts/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { V4Harness } from '../support/v4-calls.ts';

let v4: V4Harness;

beforeEach(async () => {
  v4 = await V4Harness.open();
  const never = Number.POSITIVE_INFINITY;
  v4.admin.retainedRows = [
    { topicName: 'a/b', qos: 1, payload: Buffer.from('grün'), expiresAtMs: never },
    { topicName: '/a/', qos: 0, payload: Buffer.from([0xff, 0x00]), expiresAtMs: 1_700_000_000_000 },
    { topicName: 'x y+%2F', qos: 2, payload: Buffer.alloc(0), expiresAtMs: never },
  ];
});

describe('GET /retained', () => {
  it('lists without payloads', async () => {
    expect((await v4.get('/retained')).body).toEqual({
      code: 0,
      data: [
        { topic: 'a/b', qos: 1, payload_bytes: 5, expires_at: null },
        { topic: '/a/', qos: 0, payload_bytes: 2, expires_at: '2023-11-14T22:13:20.000Z' },
        { topic: 'x y+%2F', qos: 2, payload_bytes: 0, expires_at: null },
      ],
    });
  });

  it.each([
    ['/retained/', ['a/b', '/a/', 'x y+%2F']],
    ['/retained?topic=a/b', ['a/b']],
    ['/retained?topic=a%2Fb', ['a/b']],
    ['/retained?page=2&limit=2', ['x y+%2F']],
    ['/retained?topic=none', []],
  ])('%s', async (path, topics) => {
    expect(await v4.column(path, 'topic')).toEqual(topics);
  });

  it('a filter that is none: 400/115; a parameter nobody knows: 400/108', async () => {
    expect((await v4.get('/retained?filter=a')).body.code).toBe(108);
    v4.admin.fault = new AdminError('INVALID_FILTER', 'no filter');
    expect(await v4.get('/retained?topic=a%23')).toEqual({ status: 400, body: { code: 115, msg: 'no filter' } });
  });
});

describe('GET /retained/{topic}', () => {
  it.each([
    ['a/b', 'a/b', 'Z3LDvG4=', 'grün'],
    ['a%2Fb', 'a/b', 'Z3LDvG4=', 'grün'],
    ['/a/', '/a/', '/wA=', null],
    ['%2Fa%2F', '/a/', '/wA=', null],
    ['x%20y+%252F', 'x y+%2F', '', ''],
  ])('%s', async (path, topic, payload, text) => {
    const { status, body } = await v4.get(`/retained/${path}`);
    expect([status, body.data]).toEqual([200, expect.objectContaining({ topic, payload, payload_text: text })]);
  });

  it.each(['a', 'a/b/', 'A/b', '%23'])('%s: 404/115', async (path) => {
    expect(await v4.get(`/retained/${path}`)).toEqual({
      status: 404,
      body: { code: 115, msg: 'topic: no retained message' },
    });
  });
});

describe('DELETE /retained', () => {
  it('deletes one', async () => {
    expect(await v4.delete('/retained/a/b')).toEqual({ status: 200, body: { code: 0, data: { deleted: 1 } } });
    expect(v4.admin.retainedRows.map(({ topicName }) => topicName)).toEqual(['/a/', 'x y+%2F']);
  });

  it.each(['%23', '+', 'none'])('%s in the path is no filter: 404/115, nothing is deleted', async (path) => {
    const { status, body } = await v4.delete(`/retained/${path}`);
    expect([status, body.code, v4.admin.retainedRows.length]).toEqual([404, 115, 3]);
  });

  it('deletes what a filter matches', async () => {
    expect((await v4.delete('/retained?topic=%23')).body).toEqual({ code: 0, data: { deleted: 3 } });
    expect(v4.admin.retainedRows).toEqual([]);
  });

  it.each([
    ['', 107],
    ['?topic=', 107],
    ['?topic=a&topic=b', 108],
    ['?all=1', 107],
  ])('needs the filter: %s', async (query, code) => {
    const { status, body } = await v4.delete(`/retained${query}`);
    expect([status, body.code, v4.admin.retainedRows.length]).toEqual([400, code, 3]);
  });
});
