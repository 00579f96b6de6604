import { AdminError } from '@nanomq-ts/core';
import { describe, expect, it } from 'vitest';
import { v1ErrorSchema, v1ReplySchemas } from '../../src/v1/v1-schemas.ts';
import { AdminHarness, type Call, eventually, type Reply } from '../support/admin-harness.ts';
import { brokerFigures } from '../support/fake-ports.ts';

const CODES = [2, 4, 5, 10, 11, 12, 13] as const;

/** A request that succeeds, for each code. */
const GOOD: Readonly<Record<(typeof CODES)[number], object>> = {
  2: { req: 2, seq: 7 },
  4: { req: 4, seq: 7 },
  5: { req: 5, seq: 7 },
  10: { req: 10, seq: 7, action: 'restart' },
  11: { req: 11, seq: 7 },
  12: { req: 12, seq: 7, data: { parallel: 8 } },
  13: { req: 13, seq: 7 },
};

/** The reply is JSON, matches the schema of errors, and is exactly this. */
function expectError(reply: Reply, status: number, expected: { code: number; seq?: number; rep?: number }): string {
  const body = v1ErrorSchema.parse(JSON.parse(reply.text));
  const { msg, ...rest } = body;
  expect({ status: reply.status, ...rest }).toEqual({ status, ...expected });
  expect(reply.headers['content-type']).toBe('application/json; charset=utf-8');
  return msg;
}

/** Without one field. */
function without(body: object, name: string): object {
  return Object.fromEntries(Object.entries(body).filter(([key]) => key !== name));
}

describe('success', () => {
  it.each(CODES)('req %i is answered 200/0 with seq and rep, and matches its schema', async (req) => {
    const harness = await AdminHarness.open();
    harness.admin.addClient({ clientId: 'c1', username: 'alvin', receivedMessages: 3 }, ['a/b/c', 1]);
    const reply = await harness.call({ body: GOOD[req] });
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(v1ReplySchemas[req].parse(JSON.parse(reply.text))).toMatchObject({ code: 0, seq: 7, rep: req });
  });

  it('req 2 tells subscribers, PUBLISH in, deliveries out and drops, in the words of the manual', async () => {
    const harness = await AdminHarness.open();
    harness.admin.figureValues = brokerFigures({
      subscribers: 1,
      sessions: 9,
      messagesReceived: 4,
      messagesSent: 5,
      messagesDropped: 6,
    });
    const reply = await harness.call({ body: { req: 2, seq: 1111111 } });
    expect(reply.text).toBe(
      '{"code":0,"seq":1111111,"rep":2,"data":{"client_size":1,"message_in":4,"message_out":5,"message_drop":6}}',
    );
  });

  it('req 4 lists every client that has subscriptions, offline ones too', async () => {
    const harness = await AdminHarness.open();
    harness.admin.addClient({ clientId: 'on' }, ['a/b/c', 0], ['$share/g/x', 2]);
    harness.admin.addClient({ clientId: 'off', isOnline: false }, ['#', 1]);
    harness.admin.addClient({ clientId: 'none' });
    const { body } = await harness.json({ body: { req: 4, seq: 1 } });
    expect(body.data).toEqual([
      {
        client_id: 'on',
        subscriptions: [
          { topic: 'a/b/c', qos: 0 },
          { topic: '$share/g/x', qos: 2 },
        ],
      },
      { client_id: 'off', subscriptions: [{ topic: '#', qos: 1 }] },
    ]);
  });

  it('req 5 lists all clients, those without subscriptions and those offline too', async () => {
    const harness = await AdminHarness.open();
    harness.admin.addClient({ clientId: 'on', username: 'alvin', protocolVersion: 5, receivedMessages: 2 }, ['a', 0]);
    harness.admin.addClient({ clientId: 'off', isOnline: false, keepAliveSeconds: 0, protocolVersion: 3 });
    const { body } = await harness.json({ body: { req: 5, seq: 1 } });
    expect(body.data).toEqual([
      { client_id: 'on', username: 'alvin', keepalive: 60, protocol: 5, connect_status: 1, message_receive: 2 },
      { client_id: 'off', username: '', keepalive: 0, protocol: 3, connect_status: 0, message_receive: 0 },
    ]);
  });

  it.each([4, 5])('req %i answers [] when there is nothing', async (req) => {
    const harness = await AdminHarness.open();
    expect((await harness.json({ body: { req, seq: 1 } })).body.data).toEqual([]);
  });

  it.each([4, 5])('req %i lists ten thousand clients, each once and in order', async (req) => {
    const harness = await AdminHarness.open();
    const ids = Array.from({ length: 10_000 }, (_, i) => `client-${i}`);
    for (const clientId of ids) harness.admin.addClient({ clientId }, ['t/#', 0]);
    const { body } = await harness.json({ body: { req, seq: 1 } });
    expect((body.data as { client_id: string }[]).map((row) => row.client_id)).toEqual(ids);
  });

  it('req 13 shows the levels of the tree; a node without subscribers has no client_id', async () => {
    const harness = await AdminHarness.open();
    harness.admin.tree = [
      [{ level: '', childCount: 1, clientIds: [] }],
      [{ level: 'a', childCount: 1, clientIds: [] }],
      [{ level: 'b', childCount: 0, clientIds: ['c1'] }],
    ];
    const { body } = await harness.json({ body: { req: 13, seq: 1 } });
    expect(body.data).toEqual([
      [{ topic: '', cld_cnt: 1 }],
      [{ topic: 'a', cld_cnt: 1 }],
      [{ topic: 'b', cld_cnt: 0, client_id: ['c1'] }],
    ]);
  });

  it.each([
    ['stop', 1, 0],
    ['STOP', 1, 0],
    ['restart', 0, 1],
    ['Restart', 0, 1],
  ])('req 10 with action %s is answered first and carried out then', async (action, stops, restarts) => {
    const harness = await AdminHarness.open();
    const reply = await harness.call({ body: { req: 10, seq: 1, action } });
    expect(reply.text).toBe('{"code":0,"seq":1,"rep":10}');
    await eventually(() => [harness.config.stops, harness.config.restarts]).toEqual([stops, restarts]);
  });

  it.each([0, -5, Number.MAX_SAFE_INTEGER])('seq %i comes back as it is', async (seq) => {
    const harness = await AdminHarness.open();
    expect((await harness.json({ body: { req: 2, seq } })).body.seq).toBe(seq);
  });
});

describe('ways to call', () => {
  it.each(['GET', 'POST', 'PUT'])('%s with a body', async (method) => {
    const harness = await AdminHarness.open();
    expect((await harness.json({ method, body: GOOD[2] })).body.code).toBe(0);
  });

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'application/json', 'multipart/form-data', ''])(
    'Content-Type %j',
    async (type) => {
      const harness = await AdminHarness.open();
      expect((await harness.json({ body: GOOD[2], headers: { 'content-type': type } })).body.code).toBe(0);
    },
  );

  it('a chunked body without a length', async () => {
    const harness = await AdminHarness.open();
    const headers = { 'transfer-encoding': 'chunked' };
    expect((await harness.json({ body: GOOD[2], headers })).body.code).toBe(0);
  });

  it.each(['/api/v1', '/api/v1/', '/api/v1/anything/else', '/api/v1?x=1'])('path %s', async (path) => {
    const harness = await AdminHarness.open();
    expect((await harness.json({ path, body: GOOD[2] })).body.code).toBe(0);
  });

  it.each(['/api/v1x', '/api', '/', '/API/v1', '/dist/index.html'])('path %s is unknown: 404', async (path) => {
    const harness = await AdminHarness.open();
    const reply = await harness.call({ path, body: GOOD[2] });
    expect([reply.status, JSON.parse(reply.text)]).toEqual([404, { code: 102, msg: 'there is nothing at this path' }]);
  });
});

describe('every request code, every error', () => {
  const echo = (rep: number) => ({ seq: 7, rep });

  const access: readonly [string, Pick<Call, 'auth' | 'headers'>, number][] = [
    ['no header', { auth: null }, 104],
    ['another scheme', { auth: null, headers: { authorization: 'Bearer abc' } }, 104],
    ['a scheme and nothing after it', { auth: null, headers: { authorization: 'Basic' } }, 104],
    ['an empty user', { auth: ':public' }, 104],
    ['an empty password', { auth: 'admin:' }, 104],
    ['an empty user and password', { auth: ':' }, 104],
    ['a wrong user', { auth: 'root:public' }, 103],
    ['a wrong password', { auth: 'admin:secret' }, 103],
    ['no colon', { auth: 'admin' }, 103],
    ['no base64', { auth: null, headers: { authorization: 'Basic %%%%' } }, 103],
  ];

  for (const req of CODES) {
    it.each(access)(`req ${req}: %s is 401/%#`, async (_, call, code) => {
      const harness = await AdminHarness.open();
      const reply = await harness.call({ ...call, body: GOOD[req] });
      expectError(reply, 401, { code, ...echo(req) });
      expect(reply.headers['www-authenticate']).toBe('Basic realm="nanomq", charset="UTF-8"');
      expect([harness.config.changes, harness.config.restarts]).toEqual([[], 0]);
    });

    it(`req ${req}: seq missing is 400/107, of a wrong type 400/108`, async () => {
      const harness = await AdminHarness.open();
      const missing = await harness.call({ body: without(GOOD[req], 'seq') });
      expect(expectError(missing, 400, { code: 107, rep: req })).toBe('seq: required');
      for (const seq of ['7', null, 1.5, true, {}, [], 2 ** 53]) {
        const wrong = await harness.call({ body: { ...GOOD[req], seq } });
        expect(expectError(wrong, 400, { code: 108, rep: req })).toMatch(/^seq: /);
      }
      expect([harness.config.changes, harness.config.restarts]).toEqual([[], 0]);
    });

    it(`req ${req}: a body that is cut short is 400/109`, async () => {
      const harness = await AdminHarness.open();
      expectError(await harness.call({ body: JSON.stringify(GOOD[req]).slice(0, -1) }), 400, { code: 109 });
    });
  }

  it.each([2, 4, 5, 13])('req %i: a shard that does not answer is 500/101, anything else 500/102', async (req) => {
    const harness = await AdminHarness.open();
    harness.admin.fault = new AdminError('SHARD_TIMEOUT');
    expectError(await harness.call({ body: { req, seq: 7 } }), 500, { code: 101, ...echo(req) });
    harness.admin.fault = new Error('the password is hunter2');
    const reply = await harness.call({ body: { req, seq: 7 } });
    expect(expectError(reply, 500, { code: 102, ...echo(req) })).not.toContain('hunter2');
    expect(harness.lines.at(-1)).toMatchObject({ level: 'error', fields: { err: harness.admin.fault } });
  });

  it.each([
    '',
    ' ',
    '{',
    'x',
    '[]',
    '[{"req":2,"seq":7}]',
    '"text"',
    '5',
    'null',
    'true',
    '{"req":2,"seq":7,}',
    'req=2',
  ])('the body %j is 400/109', async (body) => {
    const harness = await AdminHarness.open();
    expectError(await harness.call({ body }), 400, { code: 109 });
  });

  it('bytes that are not UTF-8 are 400/109', async () => {
    const harness = await AdminHarness.open();
    const body = Buffer.from('{"req":2,"seq":7,"x":"\xff"}', 'latin1');
    expectError(await harness.call({ body }), 400, { code: 109 });
  });

  it('GET without a body is 400/109', async () => {
    const harness = await AdminHarness.open();
    expectError(await harness.call({ method: 'GET' }), 400, { code: 109 });
  });

  it('req missing is 400/107', async () => {
    const harness = await AdminHarness.open();
    expect(expectError(await harness.call({ body: { seq: 7 } }), 400, { code: 107, seq: 7 })).toBe('req: required');
    expectError(await harness.call({ body: {} }), 400, { code: 107 });
  });

  it.each(['2', null, true, 2.5, [2], { req: 2 }])('req %j is 400/108', async (req) => {
    const harness = await AdminHarness.open();
    expect(expectError(await harness.call({ body: { req, seq: 7 } }), 400, { code: 108, seq: 7 })).toMatch(/^req: /);
  });

  it.each([0, -1, 1, 3, 6, 7, 8, 9, 14, 99, 2_147_483_648])('req %i has no command: 400/108', async (req) => {
    const harness = await AdminHarness.open();
    expectError(await harness.call({ body: { req, seq: 7 } }), 400, { code: 108, ...echo(req) });
  });

  it('req 10 without action is 400/107, with another word or type 400/108; nothing happens', async () => {
    const harness = await AdminHarness.open();
    expectError(await harness.call({ body: { req: 10, seq: 7 } }), 400, { code: 107, ...echo(10) });
    for (const action of ['start', '', 'stop ', 'stop\n', 1, null, ['stop']]) {
      const reply = await harness.call({ body: { req: 10, seq: 7, action } });
      expect(expectError(reply, 400, { code: 108, ...echo(10) })).toMatch(/^action: /);
    }
    expect([harness.config.stops, harness.config.restarts]).toEqual([0, 0]);
  });

  it('req 12 without data is 400/107, with data of a wrong type 400/108', async () => {
    const harness = await AdminHarness.open();
    expectError(await harness.call({ body: { req: 12, seq: 7 } }), 400, { code: 107, ...echo(12) });
    for (const data of [null, [], 'x', 5]) {
      const reply = await harness.call({ body: { req: 12, seq: 7, data } });
      expect(expectError(reply, 400, { code: 108, ...echo(12) })).toMatch(/^data: /);
    }
  });
});
