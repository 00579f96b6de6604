import { beforeEach, describe, expect, it } from 'vitest';
import { ChangeRefused } from '../../src/ports/config-port.ts';
import { V4Harness } from '../support/v4-calls.ts';

const SECRET = 'canary-p4ssword';

let v4: V4Harness;

beforeEach(async () => {
  v4 = await V4Harness.open();
  v4.parts.users.passwords.set('anna', SECRET);
});

describe('/users', () => {
  it('lists names and never a password', async () => {
    v4.parts.users.passwords.set('ben', 'x');
    expect((await v4.get('/users?limit=1')).body).toEqual({
      code: 0,
      data: [{ username: 'anna', password: 'hashed' }],
      meta: { page: 1, limit: 1, count: 2, hasnext: true },
    });
  });

  it('adds, changes and deletes', async () => {
    expect(await v4.post('/users', { username: 'ben/+ "x"', password: 'p' })).toEqual({
      status: 200,
      body: { code: 0 },
    });
    const path = `/users/${encodeURIComponent('ben/+ "x"')}`;
    expect((await v4.put(path, { password: 'q' })).status).toBe(200);
    expect((await v4.put(path, { old_password: 'q', password: 'r' })).status).toBe(200);
    expect(v4.parts.users.passwords.get('ben/+ "x"')).toBe('r');
    expect((await v4.delete(path)).status).toBe(200);
    expect([...v4.parts.users.passwords.keys()]).toEqual(['anna']);
  });

  it.each<[string, string, string, unknown, number, number, string]>([
    ['a user that exists', 'POST', '/users', { username: 'anna', password: 'p' }, 409, 113, 'username: '],
    ['another password for nobody', 'PUT', '/users/ben', { password: 'p' }, 404, 105, 'username: '],
    ['a wrong old password', 'PUT', '/users/anna', { old_password: 'x', password: 'p' }, 403, 114, 'old_password: '],
    ['deleting nobody', 'DELETE', '/users/ben', undefined, 404, 105, 'username: '],
    ['deleting the login of the API', 'DELETE', '/users/admin', undefined, 403, 106, 'http_server.username'],
    ['no password', 'POST', '/users', { username: 'ben' }, 400, 107, 'password: required'],
    ['an empty password', 'POST', '/users', { username: 'ben', password: '' }, 400, 108, 'password: '],
    ['an empty name', 'POST', '/users', { username: '', password: 'p' }, 400, 108, 'username: '],
    ['an unknown key', 'POST', '/users', { username: 'b', password: 'p', is_superuser: true }, 400, 108, ''],
    ['no JSON', 'POST', '/users', 'x', 400, 109, ''],
  ])('%s is refused, and nothing has changed', async (_, method, path, body, status, code, msg) => {
    const reply = await v4.send(method, path, body);
    expect([reply.status, reply.body.code]).toEqual([status, code]);
    expect(reply.body.msg).toContain(msg);
    expect([...v4.parts.users.passwords]).toEqual([['anna', SECRET]]);
  });

  it('a client whose user has the name of the API login is a user like any other', async () => {
    v4.parts.users.passwords.set('admin', 'x');
    expect((await v4.delete('/users/admin')).status).toBe(200);
    expect((await v4.delete('/users/admin')).body.code).toBe(106);
  });

  it('the login of the API is the one in force now', async () => {
    const { server, options } = v4.harness;
    server.update({ ...options, username: 'root' });
    const auth = `root:${options.password}`;
    const codes = ['root', 'admin'].map(async (name) => {
      const { body } = await v4.harness.json({ method: 'DELETE', path: `/api/v4/users/${name}`, auth });
      return body.code;
    });
    expect(await Promise.all(codes)).toEqual([106, 105]);
  });

  it('what the broker says of a name or password comes back as 400/108', async () => {
    v4.parts.users.refusal = { refused: 'invalid', text: 'username: it has a control character' };
    const reply = await v4.post('/users', { username: 'b\u0001', password: 'p' });
    expect([reply.status, reply.body]).toEqual([400, { code: 108, msg: 'username: it has a control character' }]);
  });

  it('a file that cannot be written is 500/118', async () => {
    v4.parts.users.fault = new ChangeRefused('file', [{ path: '', text: 'the disk is full' }]);
    expect((await v4.delete('/users/anna')).body.code).toBe(118);
  });

  it('no password is in a reply or the log', async () => {
    const replies = [
      await v4.post('/users', { username: 'ben', password: SECRET }),
      await v4.post('/users', { username: 'ben', password: SECRET }),
      await v4.put('/users/ben', { old_password: `${SECRET}x`, password: SECRET }),
      await v4.put('/users/ben', { old_password: SECRET, password: `${SECRET}2` }),
      await v4.get('/users'),
      await v4.delete('/users/ben'),
    ];
    expect(JSON.stringify([replies, v4.harness.lines])).not.toContain(SECRET);
    expect(v4.harness.lines.map(({ text }) => text)).toEqual([
      'admin API: user added',
      'admin API: password of a user changed',
      'admin API: user deleted',
    ]);
  });
});
