import { inspect } from 'node:util';
import { RecordedLog } from '@nanomq-ts/testkit';
import { expect, it } from 'vitest';
import { AccessRules } from '../../src/access-rules.ts';
import { hashPassword } from '../../src/passwords/hash-password.ts';
import { AuthServer } from '../http/auth-server.ts';
import { hmacToken } from '../jwt/tokens.ts';
import { settings } from '../settings.ts';
import { GuardedShard } from './guarded-shard.ts';

const CANARY = 'canary-in-the-coal-mine';
/** As it is, as bytes, in the encodings it may pass through. */
const DISGUISES = [
  CANARY,
  Buffer.from(CANARY).toString('base64').replace(/=+$/, ''),
  Buffer.from(CANARY).toString('hex'),
  encodeURIComponent(CANARY),
  [...Buffer.from(CANARY)].slice(0, 8).join(','),
];

function expectClean(text: string): void {
  for (const disguise of DISGUISES) expect(text).not.toContain(disguise);
}

it('CVE-2026-33216: no password, token or key stands in a log, an error, an answer or a message under $SYS', async () => {
  const jwt = { algorithm: 'HS256', secret: CANARY.repeat(2), aclClaim: 'acl', clockToleranceMs: 0 } as const;
  const server = await AuthServer.start();
  const request = {
    url: `http://${CANARY}:${CANARY}@127.0.0.1:9/`,
    method: 'POST',
    headers: { authorization: CANARY },
    params: { p: '%P', k: CANARY },
  } as const;
  const http = {
    timeoutMs: 5000,
    connectTimeoutMs: 5000,
    poolSize: 1,
    cacheTtlMs: 1000,
    authRequest: request,
    superRequest: null,
    aclRequest: { ...request, url: `http://${CANARY}:${CANARY}@127.0.0.1:${server.port}/` },
  };
  const users = { plain: CANARY, hashed: await hashPassword(CANARY) };
  const rules = [{ permit: 'deny', topics: ['no'] }];
  const at = new GuardedShard(settings({ users, jwt, http, rules, denyAction: 'disconnect' }));
  const witness = await at.client(5, { clientId: 'witness' });
  expect((await witness.subscribe('$SYS/#')).granted).toEqual([0]);
  const token = hmacToken(CANARY.repeat(2), { exp: 9_999_999_999 });
  for (const version of [4, 5] as const) {
    for (const options of [
      { username: 'plain', password: CANARY },
      { username: 'plain', password: `${CANARY}!` },
      { username: 'hashed', password: CANARY },
      { username: 'hashed', password: `${CANARY}!` },
      { username: 'nobody', password: CANARY },
      { username: 'u', password: token },
      { username: 'u', password: `${token}x` },
    ]) {
      const { client, code } = await at.enter(version, { ...options, clientId: `c${version}` });
      if (code !== 0) continue;
      client.publish('no', 'x', { qos: 1 });
      await client.expectClosed();
      expectClean(inspect(client.received, { depth: 9 }));
    }
  }
  at.harness.clock.advance(60_000);
  await witness.ping();
  const report = at.rules.replace(settings({ users: { plain: `${CANARY}2`, hashed: CANARY } }));
  expect(report.users.changed).toEqual(['plain', 'hashed']);
  expect(witness.received.length).toBeGreaterThan(3);
  expectClean(
    inspect(
      witness.received.map((packet) => ('payload' in packet ? String(packet.payload) : packet)),
      { depth: 9 },
    ),
  );
  expectClean(inspect([at.log.lines, at.harness.logged, report], { depth: 9, showHidden: true }));
  at.rules.close();
  await server.close();
});

it('CVE-2026-33216: no secret stands in the error of settings that are refused', () => {
  const base = { aclClaim: 'acl', clockToleranceMs: 0 } as const;
  const request = { url: CANARY, method: 'POST', headers: {}, params: {} } as const;
  const http = {
    timeoutMs: 1,
    connectTimeoutMs: 1,
    poolSize: 1,
    cacheTtlMs: 0,
    authRequest: request,
    superRequest: null,
    aclRequest: null,
  };
  for (const wrong of [
    settings({ users: { u: `$6$${CANARY}$${CANARY}` } }),
    settings({ users: { u: `$scrypt$ln=99,r=8,p=1$${CANARY}$${CANARY}` } }),
    settings({ users: { 'u\n': CANARY } }),
    settings({ jwt: { ...base, algorithm: 'HS512', secret: CANARY } }),
    settings({ jwt: { ...base, algorithm: 'RS256', secret: CANARY.repeat(3) } }),
    settings({ http }),
    settings({ http: { ...http, authRequest: { ...request, url: 'http://h/', params: { k: `${CANARY}%` } } } }),
    settings({ http: { ...http, authRequest: { ...request, url: 'http://h/', certificateAuthorities: CANARY } } }),
  ]) {
    let fault: unknown = null;
    try {
      new AccessRules(wrong, { logger: new RecordedLog(), nowMs: () => 0 });
    } catch (error) {
      fault = error;
    }
    expect(fault).toMatchObject({ name: 'AuthError' });
    expectClean(inspect(fault, { depth: 9, showHidden: true }));
  }
});
