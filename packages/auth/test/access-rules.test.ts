// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of rules look so
import type { Admission, Principal } from '@nanomq-ts/core';
import { RecordedLog } from '@nanomq-ts/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { AccessRules } from '../src/access-rules.ts';
import type { AuthSettings, HttpAuthSettings } from '../src/auth-settings.ts';
import { type ConnectFacts, connectRequest } from './connect-request.ts';
import { AuthServer, status } from './http/auth-server.ts';
import { hmacToken } from './jwt/tokens.ts';
import { CHEAP_HASH } from './passwords/known-hashes.ts';
import { settings } from './settings.ts';
import { until } from './until.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const SECRET = 'a-secret-of-thirty-two-bytes-or-more';
const JWT = { algorithm: 'HS256', secret: SECRET, aclClaim: 'acl', clockToleranceMs: 0 } as const;

function make(given: AuthSettings) {
  const log = new RecordedLog();
  const rules = new AccessRules(given, { logger: log, nowMs: () => 1000 });
  cleanUps.push(() => rules.close());
  return { log, rules };
}

/** Somebody who has entered. */
async function enter(rules: AccessRules, facts: ConnectFacts = {}): Promise<Principal> {
  const answer = await rules.authenticate(connectRequest(facts));
  if (typeof answer === 'number' || answer.reasonCode !== 0) throw new Error('refused');
  const { clientId = 'c1', remoteAddress = '192.0.2.7' } = facts;
  return { clientId, remoteAddress, username: answer.username, identity: answer.identity ?? null };
}

async function http(given: Partial<HttpAuthSettings>): Promise<{ server: AuthServer; settings: HttpAuthSettings }> {
  const server = await AuthServer.start();
  cleanUps.push(() => server.close());
  const request = { url: server.url, method: 'POST', headers: {}, params: { c: '%c', P: '%P', t: '%t' } } as const;
  const all = {
    timeoutMs: 5000,
    connectTimeoutMs: 5000,
    poolSize: 4,
    cacheTtlMs: 0,
    authRequest: null,
    superRequest: null,
    aclRequest: request,
    ...given,
  };
  return { server, settings: all };
}

describe('who enters', () => {
  it('acts under the name that was proven, until its credentials end', async () => {
    const { rules } = make(settings({ jwt: { ...JWT, usernameClaim: 'sub' } }));
    const password = hmacToken(SECRET, { sub: 'proven', exp: 5 });
    expect(rules.authenticate(connectRequest({ password }))).toMatchObject({
      reasonCode: 0,
      username: 'proven',
      expiresAtMs: 5000,
    });
  });

  it('leaves nothing of its password behind, where no server will be asked with it', async () => {
    const { rules } = make(settings({ users: { u: 'canary' } }));
    const admission = rules.authenticate(connectRequest({ username: 'u', password: 'canary' })) as Admission;
    expect(JSON.stringify(admission)).not.toMatch(/canary|99,97,110,97,114,121/);
  });

  it('is asked again by those that hold, when users change while the answer is open', async () => {
    const { rules } = make(settings({ allowAnonymous: false, users: { u: CHEAP_HASH } }));
    const request = connectRequest({ username: 'u', password: 'good' });
    const stays = rules.authenticate(request);
    rules.replace(settings({ allowAnonymous: false, users: { u: CHEAP_HASH, v: 'x' } }));
    expect(await stays).toMatchObject({ reasonCode: 0 });
    rules.replace(settings({ allowAnonymous: false, users: { u: CHEAP_HASH } }));
    const goes = rules.authenticate(request);
    rules.replace(settings({ allowAnonymous: false, users: { v: 'x' } }));
    expect(await goes).toBe(0x86);
  });
});

describe('what is asked at all', () => {
  it.each([
    ['nothing is set', settings(), false, false, false, true],
    ['users alone', settings({ users: { u: 'x' } }), false, false, false, true],
    ['rules that refuse nobody', settings({ rules: [{ permit: 'allow' }] }), false, false, false, true],
    ['rules for publishing', settings({ rules: [{ permit: 'deny', action: 'publish' }] }), true, false, false, true],
    ['rules for subscribing', settings({ rules: [{ permit: 'deny', action: 'subscribe' }] }), false, true, true, true],
    ['no_match = deny', settings({ noMatch: 'deny' }), true, true, true, true],
    ['tokens, which may bring rights', settings({ jwt: JWT }), true, true, true, true],
  ])('%s', (_, given, publish, receive, resume, hold) => {
    const { rules } = make(given);
    expect([rules.checksPublish, rules.checksReceive, rules.checksResume, rules.decisionsHold]).toEqual([
      publish,
      receive,
      resume,
      hold,
    ]);
    expect(rules.checksRetainedPublisher).toBe(false);
    rules.replace({ ...given, recheckRetained: true });
    expect(rules.checksRetainedPublisher).toBe(publish);
  });

  it('a server about topics, each time', async () => {
    const { rules } = make(settings({ http: (await http({})).settings }));
    expect([rules.checksPublish, rules.checksReceive, rules.checksResume, rules.decisionsHold]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it('tokens, also when they are not taken any more: somebody may be here with one', async () => {
    const { rules } = make(settings({ jwt: JWT }));
    const claims = { exp: 5, acl: { pub: ['a'] } };
    const client = await enter(rules, { password: hmacToken(SECRET, claims) });
    rules.replace(settings());
    expect([rules.checksPublish, rules.checksReceive]).toEqual([true, true]);
    expect([rules.publish(client, 'a'), rules.publish(client, 'b'), rules.receive(client, 'a')]).toEqual([
      0,
      0x87,
      false,
    ]);
  });
});

describe('rights of a token', () => {
  it('stand in place of rules and server', async () => {
    const { server, settings: asked } = await http({});
    const { rules } = make(settings({ jwt: JWT, http: asked, rules: [{ permit: 'deny', topics: ['a'] }] }));
    const client = await enter(rules, { password: hmacToken(SECRET, { exp: 5, acl: { pub: ['a'] } }) });
    expect([rules.publish(client, 'a'), rules.publish(client, 'b'), rules.subscribe(client, 'a')]).toEqual([
      0, 0x87, 0x87,
    ]);
    expect(server.asked).toEqual([]);
    const plain = await enter(rules, { password: hmacToken(SECRET, { exp: 5 }) });
    expect(rules.publish(plain, 'a')).toBe(0x87);
    expect(await rules.publish(plain, 'b')).toBe(0);
    expect(server.asked).toHaveLength(1);
  });
});

describe('a server that decides about topics', () => {
  it('is asked after the rules, with the password where it is sent', async () => {
    const { server, settings: asked } = await http({});
    const { rules } = make(settings({ http: asked, rules: [{ permit: 'deny', topics: ['no'] }] }));
    const client = await enter(rules, { username: 'u', password: 'pw' });
    expect(rules.publish(client, 'no')).toBe(0x87);
    expect(await rules.subscribe(client, 'a/#')).toBe(0);
    server.answer = status(403);
    expect(await rules.publish(client, 'a')).toBe(0x87);
    expect(server.asked.map(({ params }) => params)).toEqual([
      { c: 'c1', P: 'pw', t: 'a/#' },
      { c: 'c1', P: 'pw', t: 'a' },
    ]);
  });

  it('answers at once from what is remembered', async () => {
    const { rules } = make(settings({ http: (await http({ cacheTtlMs: 1000 })).settings }));
    const client = await enter(rules);
    expect(await rules.publish(client, 'a')).toBe(0);
    expect(rules.publish(client, 'a')).toBe(0);
  });

  it('grants nothing any more when rules or server change while the answer is open', async () => {
    const { server, settings: asked } = await http({});
    const { rules } = make(settings({ http: asked }));
    const client = await enter(rules);
    const answers: (() => void)[] = [];
    server.answer = (_, response) => answers.push(() => response.end());
    const byRules = rules.subscribe(client, 'a');
    const byServer = rules.subscribe(client, 'b');
    await until(() => answers.length === 2);
    server.answer = status(403);
    rules.replace(settings({ http: asked, rules: [{ permit: 'deny', topics: ['a'] }] }));
    for (const answer of answers) answer();
    expect([await byRules, await byServer]).toEqual([0x87, 0x87]);
    expect(server.asked.map(({ params }) => params.t)).toEqual(['a', 'b', 'b']);
  });

  it('CVE-2026-95848: refuses when it cannot be asked, and when the broker closes', async () => {
    const { server, settings: asked } = await http({ timeoutMs: 0 });
    const { rules } = make(settings({ http: asked }));
    const client = await enter(rules);
    server.answer = () => {};
    const open = rules.publish(client, 'a');
    rules.close();
    expect(await open).toBe(0x83);
  });
});

describe('a reload', () => {
  it('CVE-2017-7652: that is not good changes nothing', async () => {
    const good = settings({ allowAnonymous: false, users: { u: 'x' }, rules: [{ permit: 'deny', topics: ['no'] }] });
    const { rules } = make(good);
    const client = await enter(rules, { username: 'u', password: 'x' });
    let told = 0;
    rules.onChanged(() => told++);
    for (const bad of [
      settings({ users: { v: 'x' }, rules: [{ permit: 'no' }] }),
      settings({ users: { v: '$9$x$y' } }),
      settings({ jwt: { ...JWT, secret: 'short' } }),
      settings({ jwt: { jwksFile: '/no/such/file', aclClaim: 'acl', clockToleranceMs: 0 } }),
    ]) {
      expect(() => rules.replace(bad)).toThrow(expect.objectContaining({ name: 'AuthError' }));
    }
    expect(told).toBe(0);
    expect([rules.publish(client, 'no'), rules.publish(client, 'yes')]).toEqual([0x87, 0]);
    expect(await rules.authenticate(connectRequest({ username: 'v', password: 'x' }))).toBe(0x86);
    expect(rules.counts).toEqual({ users: 1, rules: 1 });
  });

  it('is made ready first and holds when that is called, for everybody who listens', async () => {
    const { rules } = make(settings());
    const client = await enter(rules);
    const told: string[] = [];
    rules.onChanged(() => told.push('a'));
    rules.onChanged(() => told.push('b'));
    const hold = rules.prepare(settings({ noMatch: 'deny' }));
    expect([rules.checksPublish, rules.publish(client, 'a'), told]).toEqual([false, 0, []]);
    expect(hold()).toMatchObject({ settings: ['noMatch'] });
    expect([rules.checksPublish, rules.publish(client, 'a'), told]).toEqual([true, 0x87, ['a', 'b']]);
  });

  it('takes every right from a user that is not in the list any more, until it is back', async () => {
    const { rules } = make(settings({ users: { u: 'x', v: 'x' } }));
    const [u, v] = [
      await enter(rules, { username: 'u', password: 'x' }),
      await enter(rules, { username: 'v', password: 'x' }),
    ];
    const nobody = await enter(rules);
    rules.replace(settings({ users: { v: 'y' } }));
    const mayPublish = () => [u, v, nobody].map((client) => rules.publish(client, 'a') === 0);
    expect([rules.checksPublish, rules.checksReceive]).toEqual([true, true]);
    expect(mayPublish()).toEqual([false, true, true]);
    expect([rules.subscribe(u, 'a'), rules.receive(u, 'a'), rules.mayStillPublish(u, 'a')]).toEqual([
      0x87,
      false,
      false,
    ]);
    rules.replace(settings({ users: { u: 'x', v: 'y' } }));
    expect(mayPublish()).toEqual([true, true, true]);
  });

  it('that switches the list of users off leaves them their rights where everybody may enter', async () => {
    const on = settings({ users: { u: 'x' } });
    const { rules } = make(on);
    const client = await enter(rules, { username: 'u', password: 'x' });
    rules.replace({ ...on, usesPasswords: false });
    expect(rules.publish(client, 'a')).toBe(0);
    rules.replace({ ...on, usesPasswords: false, allowAnonymous: false });
    expect([rules.checksPublish, rules.publish(client, 'a')]).toEqual([true, 0x87]);
  });

  it('that switches the list off, and on without a user, does not forget who had entered', async () => {
    const on = settings({ users: { u: 'x', v: 'x' } });
    const { rules } = make(on);
    const client = await enter(rules, { username: 'u', password: 'x' });
    rules.replace({ ...on, usesPasswords: false });
    rules.replace(settings({ users: { v: 'x' } }));
    expect([rules.checksPublish, rules.publish(client, 'a')]).toEqual([true, 0x87]);
  });
});

describe('a session', () => {
  it('CVE-2026-6564: is out of reach for another user where it is bound', async () => {
    const { rules } = make(settings({ bindClientToUser: true }));
    const principal = (username: string | undefined) => ({ clientId: 'c1', username, remoteAddress: '' });
    expect(rules.takeOver(principal('a'), principal('a'))).toBe(true);
    expect(rules.takeOver(principal(undefined), principal(undefined))).toBe(true);
    for (const [one, other] of [
      ['a', 'b'],
      ['a', undefined],
      [undefined, 'a'],
      ['a', 'A'],
      ['', undefined],
    ]) {
      expect(rules.takeOver(principal(one), principal(other))).toBe(false);
    }
    rules.replace(settings());
    expect(rules.takeOver(principal('a'), principal('b'))).toBe(true);
  });
});

it('who has no identity of ours is judged by its names', () => {
  const { rules } = make(
    settings({ rules: [{ permit: 'allow', username: 'u', topics: ['d/${clientid}'] }], noMatch: 'deny' }),
  );
  const principal = { clientId: 'c1', username: 'u', remoteAddress: '' };
  for (const identity of [undefined, null, {}]) {
    const who = identity === undefined ? principal : { ...principal, identity };
    expect([rules.publish(who, 'd/c1'), rules.publish(who, 'd/c2')]).toEqual([0, 0x87]);
  }
});

it('a rule is explained', () => {
  const source = { file: '/etc/acl.conf', line: 3 };
  const { rules } = make(settings({ rules: [{ permit: 'deny', topics: ['a'], source }] }));
  const question = { clientId: 'c1', username: undefined, remoteAddress: '', action: 'publish', topic: 'a' } as const;
  expect(rules.explain(question)).toMatchObject({ isAllowed: false, rule: { number: 1, source } });
  rules.replace(settings());
  expect(rules.explain(question).text).toBe('allowed: there are no rules');
});

it.each([
  ['rules for names that nobody checks', settings({ rules: [{ permit: 'allow' }] }), 1],
  ['rules and users', settings({ rules: [{ permit: 'allow' }], users: {} }), 0],
  ['rules and certificates', settings({ rules: [{ permit: 'allow' }], peerCertAsUsername: 'cn' }), 0],
  ['rules that are switched off', settings({ acl: { enable: false, rules: [{ permit: 'allow' }] } }), 0],
  ['tokens that name no user', settings({ jwt: JWT }), 1],
  ['tokens that do', settings({ jwt: { ...JWT, usernameClaim: 'sub' } }), 0],
])('the log warns of %s, at start and reload: %i', (_, given, warnings) => {
  const { log, rules } = make(given);
  expect(log.texts('warn')).toHaveLength(warnings);
  rules.replace(given);
  expect(log.texts('warn')).toHaveLength(2 * warnings);
});
