import { AdminError, type AdminPublish } from '@nanomq-ts/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { V4Harness } from '../support/v4-calls.ts';

let v4: V4Harness;

beforeEach(async () => {
  v4 = await V4Harness.open();
});

function published(): AdminPublish[] {
  return v4.admin.orders.flatMap((order) => (order.order === 'publish' ? [order.message] : []));
}

const PLAIN = { clientId: 'NanoMQ-HTTP-Client', qos: 0, retain: false, properties: {} };

describe('POST /mqtt/publish', () => {
  it.each<[string, object, object]>([
    ['the least', { topic: 'a', payload: 'p' }, { topicName: 'a', payload: Buffer.from('p') }],
    ['nothing as payload', { topic: 'a', payload: '' }, { payload: Buffer.alloc(0) }],
    [
      'everything',
      { topic: 'a', payload: 'ü', clientid: 'me', qos: 2, retain: true },
      { clientId: 'me', qos: 2, retain: true, payload: Buffer.from('ü') },
    ],
    ['base64 to decode', { topic: 'a', payload: '/wA=', decoding: 'base64' }, { payload: Buffer.from([0xff, 0]) }],
    ['text to encode', { topic: 'a', payload: 'hi', encoding: 'base64' }, { payload: Buffer.from('aGk=') }],
    [
      'plain both ways',
      { topic: 'a', payload: 'aGk=', encoding: 'plain', decoding: 'plain' },
      { payload: Buffer.from('aGk=') },
    ],
    ['keys nobody knows', { topic: 'a', payload: 'p', colour: 'red' }, {}],
  ])('%s', async (_, body, expected) => {
    expect(await v4.post('/mqtt/publish', body)).toEqual({ status: 200, body: { code: 0 } });
    expect(published()).toEqual([expect.objectContaining({ ...PLAIN, topicName: 'a', ...expected })]);
  });

  it('the example of the manual: several topics, properties', async () => {
    const properties = {
      payload_format_indicator: 1,
      message_expiry_interval: 60,
      response_topic: 'r',
      correlation_data: 'c',
      subscription_identifier: 1,
      content_type: 'text/plain',
      user_properties: { id: 10010, name: 'nanomq', isOn: true },
    };
    const body = {
      topics: 'a/b/c,c/d/e',
      payload: 'Hello World',
      qos: 1,
      retain: false,
      clientid: 'example',
      properties,
    };
    expect((await v4.post('/mqtt/publish', body)).body).toEqual({ code: 0 });
    expect(published().map(({ topicName }) => topicName)).toEqual(['a/b/c', 'c/d/e']);
    expect(published()[1]?.properties).toEqual({
      payloadFormat: 1,
      messageExpirySeconds: 60,
      responseTopic: 'r',
      correlationData: Buffer.from('c'),
      contentType: 'text/plain',
      userProperties: [
        ['id', '10010'],
        ['name', 'nanomq'],
        ['isOn', 'true'],
      ],
    });
  });

  it.each<[string, unknown, number, string]>([
    ['no JSON', '{', 109, 'the body is not legal JSON'],
    ['nothing', undefined, 109, 'the body is empty, a JSON object is expected'],
    ['an array', [], 109, 'the body is no JSON object'],
    ['no topic', { payload: 'p' }, 107, 'topic: required, or topics'],
    ['no topic in the list', { topics: ',,', payload: 'p' }, 107, 'topic: required, or topics'],
    ['no payload', { topic: 'a' }, 107, 'payload: required'],
    ['a payload that is no text', { topic: 'a', payload: 1 }, 108, 'payload: '],
    ['QoS 3', { topic: 'a', payload: 'p', qos: 3 }, 108, 'qos: '],
    ['retain as text', { topic: 'a', payload: 'p', retain: 'true' }, 108, 'retain: '],
    ['another encoding', { topic: 'a', payload: 'p', encoding: 'hex' }, 108, 'encoding: '],
    ['no base64', { topic: 'a', payload: 'a*b', decoding: 'base64' }, 108, 'payload: not base64'],
    ['half of base64', { topic: 'a', payload: 'aGkxx', decoding: 'base64' }, 108, 'payload: not base64'],
    ['base64 with too much padding', { topic: 'a', payload: 'aGkx==', decoding: 'base64' }, 108, 'payload: not base64'],
    [
      'an object as user property',
      { topic: 'a', payload: 'p', properties: { user_properties: { x: {} } } },
      108,
      'properties.user_properties.x: ',
    ],
    [
      'an expiry that is too long',
      { topic: 'a', payload: 'p', properties: { message_expiry_interval: 2 ** 32 } },
      108,
      'properties.message_expiry_interval: ',
    ],
  ])('%s is refused', async (_, body, code, msg) => {
    const reply = await v4.post('/mqtt/publish', body);
    expect([reply.status, reply.body.code]).toEqual([400, code]);
    expect(reply.body.msg).toContain(msg);
    expect(published()).toEqual([]);
  });

  it.each([
    ['INVALID_MESSAGE', 400, 108],
    ['NOT_AUTHORIZED', 403, 108],
    ['SHARD_TIMEOUT', 500, 101],
  ] as const)('the broker refuses: %s', async (fault, status, code) => {
    v4.admin.fault = new AdminError(fault, 'because');
    const one = await v4.post('/mqtt/publish', { topic: 'a', payload: 'p' });
    expect(one).toEqual({ status, body: { code, msg: 'because' } });
    const several = await v4.post('/mqtt/publish', { topics: 'a,b', payload: 'p' });
    expect(several).toEqual({ status, body: { code, msg: 'topic "a": because' } });
  });
});

describe('POST /mqtt/publish_batch', () => {
  it('gives every topic a code of its own', async () => {
    v4.admin.publish = async (message) => {
      if (message.topicName === 'bad/#') throw new AdminError('INVALID_MESSAGE', 'a wildcard');
      v4.admin.orders.push({ order: 'publish', message });
    };
    const reply = await v4.post('/mqtt/publish_batch', [
      { topic: 'a', payload: '1' },
      { topic: 'bad/#', payload: '2' },
      { topics: 'b,c', payload: '3' },
      { topic: 'd' },
      7,
      null,
    ]);
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({
      code: 0,
      data: [
        { topic: 'a', code: 0 },
        { topic: 'bad/#', code: 108, msg: 'a wildcard' },
        { topic: 'b', code: 0 },
        { topic: 'c', code: 0 },
        { topic: 'd', code: 107, msg: 'payload: required' },
        { topic: '', code: 108, msg: expect.any(String) },
        { topic: '', code: 108, msg: expect.any(String) },
      ],
    });
    expect(published().map(({ topicName }) => topicName)).toEqual(['a', 'b', 'c']);
  });

  it('an empty batch is a success', async () => {
    expect(await v4.post('/mqtt/publish_batch', [])).toEqual({ status: 200, body: { code: 0, data: [] } });
  });

  it.each([{}, 'x', 1])('what is no array is refused with 400/109: %j', async (body) => {
    const reply = await v4.post('/mqtt/publish_batch', body);
    expect([reply.status, reply.body.code]).toEqual([400, 109]);
  });

  it('a fault of the broker ends the batch: 500', async () => {
    v4.admin.fault = new AdminError('SHARD_TIMEOUT');
    expect((await v4.post('/mqtt/publish_batch', [{ topic: 'a', payload: 'p' }])).body.code).toBe(101);
    v4.admin.fault = new Error('boom');
    expect((await v4.post('/mqtt/publish_batch', [{ topic: 'a', payload: 'p' }])).body.code).toBe(102);
  });

  it('the event loop gets turns while a long batch is published', async () => {
    let turns = 0;
    v4.admin.publish = async () => {
      const ends = performance.now() + 1;
      while (performance.now() < ends);
    };
    const items = Array.from({ length: 100 }, () => ({ topic: 'a', payload: 'p' }));
    const reply = v4.post('/mqtt/publish_batch', items);
    let isDone = false;
    const count = (): void => {
      if (isDone) return;
      turns += 1;
      setImmediate(count);
    };
    setImmediate(count);
    expect((await reply).body.data).toHaveLength(100);
    isDone = true;
    expect(turns).toBeGreaterThan(15);
  });
});
