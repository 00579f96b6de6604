import { describe, expect, it } from 'vitest';
import { peerCertificate } from '../connect-request.ts';
import { hmacToken } from '../jwt/tokens.ts';
import { CHEAP_HASH } from '../passwords/known-hashes.ts';
import { settings } from '../settings.ts';
import { GuardedShard } from './guarded-shard.ts';

const SECRET = 'a-secret-of-thirty-two-bytes-or-more';
const JWT = { algorithm: 'HS256', secret: SECRET, aclClaim: 'acl', clockToleranceMs: 0 } as const;
const USERS = { plain: 'good', hashed: CHEAP_HASH };

describe.each([3, 4, 5] as const)('CONNECT of version %i', (version) => {
  const missing = version === 5 ? 0x86 : 4;
  const wrong = version === 5 ? 0x86 : 5;

  it.each([
    ['a good password', { username: 'plain', password: 'good' }, 0, 0],
    ['a good password that is hashed', { username: 'hashed', password: 'good' }, 0, 0],
    ['a wrong password', { username: 'plain', password: 'bad' }, wrong, wrong],
    ['a wrong password of one that is hashed', { username: 'hashed', password: 'bad' }, wrong, wrong],
    ['a user who is not known', { username: 'nobody', password: 'good' }, wrong, wrong],
    ['CVE-2016-9877: a user name alone', { username: 'plain' }, missing, missing],
    ['CVE-2016-9877: an empty password', { username: 'plain', password: '' }, wrong, wrong],
    ['nothing', {}, 0, missing],
  ])('with %s', async (_, options, anonymous, closed) => {
    for (const [allowAnonymous, expected] of [
      [true, anonymous],
      [false, closed],
    ] as const) {
      const at = new GuardedShard(settings({ users: USERS, allowAnonymous }));
      const { client, code } = await at.enter(version, options);
      expect(code).toBe(expected);
      if (code !== 0) await client.expectClosed();
      expect(at.harness.shard.sessions.onlineCount).toBe(code === 0 ? 1 : 0);
    }
  });

  it('with a token ends when that does', async () => {
    const at = new GuardedShard(settings({ jwt: { ...JWT, usernameClaim: 'sub' }, allowAnonymous: false }));
    const now = at.harness.clock.nowMs() / 1000;
    const client = await at.client(version, {
      password: hmacToken(SECRET, { sub: 'u1', exp: now + 10 }),
      username: 'u1',
    });
    expect(at.harness.shard.sessions.find('c1')?.username).toBe('u1');
    at.harness.clock.advance(9000);
    await client.ping();
    at.harness.clock.advance(1500);
    await client.expectClosed();
    if (version === 5) expect(client.takeNow('disconnect')?.reasonCode).toBe(0x87);
    expect(
      (await at.enter(version, { username: 'u1', password: hmacToken(SECRET, { sub: 'u1', exp: now }) })).code,
    ).toBe(wrong);
  });

  it('with a client certificate acts under its name and ends with it', async () => {
    const at = new GuardedShard(settings({ peerCertAsUsername: 'cn', allowAnonymous: false, users: USERS }));
    const validToMs = at.harness.clock.nowMs() + 5000;
    const from = { peerCertificate: { ...peerCertificate('meter-7'), validToMs } };
    const client = await at.client(version, { username: 'admin', password: 'x' }, from);
    expect(at.harness.shard.sessions.find('c1')?.username).toBe('meter-7');
    at.harness.clock.advance(5500);
    await client.expectClosed();
    // Without a certificate the password decides.
    expect((await at.enter(version, { username: 'plain', password: 'good' })).code).toBe(0);
    expect((await at.enter(version, {})).code).toBe(missing);
  });
});

it('CVE-2018-20145: users and rules hold for every listener', async () => {
  const LISTENERS = ['tcp:default', 'tcp:second', 'ssl:default', 'ws:default', 'wss:default', 'unix:default', ''];
  const at = new GuardedShard(
    settings({ users: USERS, allowAnonymous: false, noMatch: 'deny', rules: [{ permit: 'allow', topics: ['ok'] }] }),
  );
  for (const listener of LISTENERS) {
    expect((await at.enter(5, {}, { listener })).code).toBe(0x86);
    const client = await at.client(5, { username: 'plain', password: 'good' }, { listener });
    client.publish('no', 'x', { qos: 1 });
    expect((await client.next('puback')).reasonCode).toBe(0x87);
    expect(
      (
        await client.subscribe([
          { topic: 'ok', qos: 0 },
          { topic: 'no', qos: 0 },
        ])
      ).granted,
    ).toEqual([0, 0x87]);
  }
});

it('a rule for addresses goes by where a client comes from', async () => {
  const rules = [{ permit: 'allow', ipaddrs: ['10.0.0.0/8', 'fd00::/8'] }];
  const at = new GuardedShard(settings({ noMatch: 'deny', rules }));
  for (const [remoteAddress, granted] of [
    ['10.1.2.3', 0],
    ['::ffff:10.1.2.3', 0],
    ['fd00::1', 0],
    ['11.1.2.3', 0x87],
    ['', 0x87],
  ] as const) {
    const client = await at.client(5, {}, { remoteAddress });
    expect((await client.subscribe('a')).granted).toEqual([granted]);
  }
});

it('CVE-2026-6564: another user neither takes over nor resumes a session that is bound', async () => {
  const at = new GuardedShard(settings({ users: { a: 'x', b: 'y' }, bindClientToUser: true }));
  const online = await at.client(5, {
    username: 'a',
    password: 'x',
    clean: false,
    properties: { sessionExpiryInterval: 99 },
  });
  await online.subscribe('t', 1);
  for (const clean of [true, false]) {
    expect((await at.enter(5, { username: 'b', password: 'y', clean })).code).toBe(0x87);
    expect((await at.enter(5, { clean })).code).toBe(0x87);
  }
  await online.ping();
  online.destroy();
  expect((await at.enter(5, { username: 'b', password: 'y', clean: false })).code).toBe(0x87);
  const back = at.open(5);
  expect(await back.connect({ clientId: 'c1', username: 'a', password: 'x', clean: false })).toMatchObject({
    reasonCode: 0,
    sessionPresent: true,
  });
});
