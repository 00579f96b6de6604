import { beforeEach, expect, it } from 'vitest';
import { V4Harness } from '../support/v4-calls.ts';

let v4: V4Harness;

beforeEach(async () => {
  v4 = await V4Harness.open();
});

it('lists, adds and lifts bans; who is concerned is disconnected', async () => {
  v4.parts.bans.disconnected = 2;
  const data = { kind: 'clientid', value: 'a/b', seconds: 60, reason: 'noise' };
  expect(await v4.post('/bans', data)).toEqual({ status: 200, body: { code: 0, data: { disconnected: 2 } } });
  await v4.post('/bans', { kind: 'address', value: '2001:db8::1' });
  expect((await v4.get('/bans')).body.data).toEqual([
    { kind: 'clientid', value: 'a/b', reason: 'noise', until: '2023-11-14T22:14:20.000Z' },
    { kind: 'address', value: '2001:db8::1', reason: '', until: null },
  ]);
  expect(await v4.delete('/bans/clientid/a%2Fb')).toEqual({ status: 200, body: { code: 0 } });
  expect(await v4.column('/bans', 'kind')).toEqual(['address']);
  expect(v4.harness.lines.map(({ text }) => text)).toEqual([
    'admin API: banned',
    'admin API: banned',
    'admin API: ban lifted',
  ]);
});

it.each<[string, string, string, unknown, number, number, string]>([
  ['an address that is none', 'POST', '/bans', { kind: 'address', value: '10.0.0' }, 400, 108, 'value: no IP address'],
  ['a network', 'POST', '/bans', { kind: 'address', value: '10.0.0.0/8' }, 400, 108, 'value: no IP address'],
  ['an unknown kind', 'POST', '/bans', { kind: 'user', value: 'x' }, 400, 108, 'kind: '],
  ['no value', 'POST', '/bans', { kind: 'username' }, 400, 107, 'value: required'],
  ['no time', 'POST', '/bans', { kind: 'username', value: 'x', seconds: 0 }, 400, 108, 'seconds: '],
  ['a long reason', 'POST', '/bans', { kind: 'username', value: 'x', reason: 'r'.repeat(257) }, 400, 108, 'reason: '],
  ['a ban that is not there', 'DELETE', '/bans/username/x', undefined, 404, 115, 'value: '],
  ['a kind that is none', 'DELETE', '/bans/constructor/x', undefined, 400, 108, 'kind: '],
])('%s is refused', async (_, method, path, body, status, code, msg) => {
  const reply = await v4.send(method, path, body);
  expect([reply.status, reply.body.code]).toEqual([status, code]);
  expect(reply.body.msg).toContain(msg);
  expect(v4.parts.bans.rows).toEqual([]);
});

it('a list that is full says so: 503/102', async () => {
  v4.parts.bans.room = 0;
  const reply = await v4.post('/bans', { kind: 'username', value: 'x' });
  expect([reply.status, reply.body]).toEqual([503, { code: 102, msg: 'the ban list is full' }]);
});
