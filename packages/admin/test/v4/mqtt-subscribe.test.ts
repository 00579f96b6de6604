import { AdminError } from '@nanomq-ts/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { V4Harness } from '../support/v4-calls.ts';

let v4: V4Harness;

beforeEach(async () => {
  v4 = await V4Harness.open();
  v4.admin.addClient({ clientId: 'c' }, ['old', 0]);
});

function subscribed(): unknown[] {
  return v4.admin.subscriptionRows.map(({ clientId, topicFilter, qos }) => [clientId, topicFilter, qos]);
}

describe('POST /mqtt/subscribe and /mqtt/unsubscribe', () => {
  it('subscribe a client to one filter or several', async () => {
    expect(await v4.post('/mqtt/subscribe', { topic: 'a/+', clientid: 'c', qos: 2 })).toEqual({
      status: 200,
      body: { code: 0 },
    });
    expect((await v4.post('/mqtt/subscribe', { topics: 'b/#,d', clientid: 'c' })).body).toEqual({ code: 0 });
    expect(subscribed()).toEqual([
      ['c', 'old', 0],
      ['c', 'a/+', 2],
      ['c', 'b/#', 0],
      ['c', 'd', 0],
    ]);
  });

  it('unsubscribe it', async () => {
    expect(await v4.post('/mqtt/unsubscribe', { topic: 'old', clientid: 'c' })).toEqual({
      status: 200,
      body: { code: 0 },
    });
    expect(subscribed()).toEqual([]);
  });

  it.each<[string, unknown, number, number, string]>([
    ['subscribe', [], 400, 109, 'the body is no JSON object'],
    ['subscribe', { topic: 'a' }, 400, 107, 'clientid: required'],
    ['subscribe', { clientid: 'c' }, 400, 107, 'topic: required, or topics'],
    ['subscribe', { topic: 'a', clientid: 'c', qos: 3 }, 400, 108, 'qos: '],
    ['subscribe', { topic: 'a', clientid: 7 }, 400, 108, 'clientid: '],
    ['subscribe', { topic: 'a', clientid: 'nobody' }, 404, 112, 'clientid: no such client'],
    ['unsubscribe', { topic: 'a' }, 400, 107, 'clientid: required'],
    ['unsubscribe', { topic: 'old', clientid: 'nobody' }, 404, 112, 'clientid: no such client'],
    ['unsubscribe', { topic: 'a', clientid: 'c' }, 404, 115, 'topic: the client has no such subscription'],
    ['subscribe_batch', {}, 400, 109, 'the body is no JSON array'],
    ['unsubscribe_batch', {}, 400, 109, 'the body is no JSON array'],
  ])('%s %j is refused with %i/%i', async (name, body, status, code, msg) => {
    const reply = await v4.post(`/mqtt/${name}`, body);
    expect([reply.status, reply.body.code]).toEqual([status, code]);
    expect(reply.body.msg).toContain(msg);
    expect(subscribed()).toEqual([['c', 'old', 0]]);
  });

  it('a filter the broker refuses: 400/115', async () => {
    v4.admin.fault = new AdminError('INVALID_FILTER', 'a # in the middle');
    expect(await v4.post('/mqtt/subscribe', { topic: '#/a', clientid: 'c' })).toEqual({
      status: 400,
      body: { code: 115, msg: 'a # in the middle' },
    });
  });
});

describe('the batches', () => {
  it('subscribe each for itself', async () => {
    const { body } = await v4.post('/mqtt/subscribe_batch', [
      { topics: 'a,b', clientid: 'c', qos: 1 },
      { topic: 'a', clientid: 'nobody' },
      { topic: 'd' },
    ]);
    expect(body).toEqual({
      code: 0,
      data: [
        { topic: 'a', clientid: 'c', code: 0 },
        { topic: 'b', clientid: 'c', code: 0 },
        { topic: 'a', clientid: 'nobody', code: 112, msg: 'clientid: no such client' },
        { topic: 'd', code: 107, msg: 'clientid: required' },
      ],
    });
    expect(subscribed()).toHaveLength(3);
  });

  it('unsubscribe each for itself', async () => {
    const { body } = await v4.post('/mqtt/unsubscribe_batch', [
      { topic: 'none', clientid: 'c' },
      { topic: 'old', clientid: 'c' },
    ]);
    expect(body.data).toEqual([
      { topic: 'none', clientid: 'c', code: 115, msg: 'topic: the client has no such subscription' },
      { topic: 'old', clientid: 'c', code: 0 },
    ]);
    expect(subscribed()).toEqual([]);
  });
});
