import { describe, expect, it } from 'vitest';
import type { JwtSettings } from '../../src/auth-settings.ts';
import { JwtAuthenticator } from '../../src/jwt/jwt-authenticator.ts';
import { type ConnectFacts, connectRequest } from '../connect-request.ts';
import { hmacToken } from './tokens.ts';

const SECRET = 'a-secret-of-thirty-two-bytes-or-more';
const NOW_MS = 1_700_000_000_000;
const NOW = NOW_MS / 1000;

function ask(claims: object, settings: Partial<JwtSettings> = {}, facts: ConnectFacts = {}) {
  const all: JwtSettings = { algorithm: 'HS256', secret: SECRET, aclClaim: 'acl', clockToleranceMs: 0, ...settings };
  const authenticator = new JwtAuthenticator(all, () => NOW_MS);
  return authenticator.authenticate(connectRequest({ password: hmacToken(SECRET, claims), ...facts }));
}

const REFUSED = { kind: 'refuse', reasonCode: 0x86 };
const exp = NOW + 60;

describe('a token in place of a password', () => {
  it('admits, under the user name of CONNECT, until it expires', () => {
    expect(ask({ exp }, {}, { username: 'u1' })).toEqual({
      kind: 'admit',
      username: 'u1',
      expiresAtMs: NOW_MS + 60_000,
    });
    expect(ask({ exp })).toMatchObject({ kind: 'admit', username: undefined });
  });

  it.each([
    ['has expired', { exp: NOW }],
    ['has expired long ago', { exp: 1 }],
    ['never expires', {}],
    ['expires at no number', { exp: `${exp}` }],
    ['expires at null', { exp: null }],
    ['is not valid yet', { exp, nbf: NOW + 1 }],
    ['becomes valid at no number', { exp, nbf: 'x' }],
    ['has no list of rights that we know', { exp, acl: 'all' }],
    ['has null for rights', { exp, acl: null }],
  ])('that %s is refused', (_, claims) => {
    expect(ask(claims)).toMatchObject({ kind: 'refuse' });
  });

  it('is refused with 0x86, before 5.0 with return code 5', () => {
    const wrong = { username: 'u1', password: hmacToken('x'.repeat(32), { exp }) };
    expect(ask({}, {}, wrong)).toEqual(REFUSED);
    expect(ask({}, {}, { ...wrong, protocolVersion: 4 })).toEqual({ kind: 'refuse', reasonCode: 0x87 });
  });

  it('is good a tolerance longer and earlier', () => {
    const settings = { clockToleranceMs: 5000 };
    expect(ask({ exp: NOW - 4 }, settings)).toMatchObject({ kind: 'admit', expiresAtMs: NOW_MS + 1000 });
    expect(ask({ exp: NOW - 5 }, settings)).toMatchObject({ kind: 'refuse' });
    expect(ask({ exp, nbf: NOW + 5 }, settings)).toMatchObject({ kind: 'admit' });
    expect(ask({ exp, nbf: NOW + 6 }, settings)).toMatchObject({ kind: 'refuse' });
  });

  it.each([
    ['the claim names the user', { exp, sub: 'u1' }, {}, 'u1'],
    ['CONNECT says the same', { exp, sub: 'u1' }, { username: 'u1' }, 'u1'],
    ['CONNECT leaves it empty', { exp, sub: 'u1' }, { username: '' }, 'u1'],
    ['CONNECT says another', { exp, sub: 'u1' }, { username: 'u2' }, null],
    ['there is no claim', { exp }, { username: 'u1' }, null],
    ['the claim is empty', { exp, sub: '' }, {}, null],
    ['the claim is no text', { exp, sub: 7 }, {}, null],
  ])('with a claim for the user name: %s', (_, claims, facts, username) => {
    const verdict = ask(claims, { usernameClaim: 'sub' }, facts);
    expect(verdict).toMatchObject(username === null ? { kind: 'refuse' } : { kind: 'admit', username });
  });

  it('with a claim name that objects have finds no claim', () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect(ask({ exp }, { usernameClaim: name })).toEqual(REFUSED);
      expect(ask({ exp }, { clientIdClaim: name }, { clientId: name })).toEqual(REFUSED);
    }
  });

  it.each([
    ['the same', { exp, cid: 'c1' }, {}, true],
    ['another', { exp, cid: 'c2' }, {}, false],
    ['none', { exp }, {}, false],
    ['one that the broker assigned', { exp, cid: 'c1' }, { sentClientId: '' }, false],
  ])('with a claim for the client identifier: %s', (_, claims, facts, isAdmitted) => {
    expect(ask(claims, { clientIdClaim: 'cid' }, facts).kind).toBe(isAdmitted ? 'admit' : 'refuse');
  });

  it.each([
    ['issuer', { issuer: 'us' }, { exp, iss: 'us' }, true],
    ['another issuer', { issuer: 'us' }, { exp, iss: 'them' }, false],
    ['no issuer', { issuer: 'us' }, { exp }, false],
    ['audience', { audience: 'mqtt' }, { exp, aud: 'mqtt' }, true],
    ['one audience of several', { audience: 'mqtt' }, { exp, aud: ['web', 'mqtt'] }, true],
    ['other audiences', { audience: 'mqtt' }, { exp, aud: ['web'] }, false],
    ['part of an audience', { audience: 'mqtt' }, { exp, aud: 'mqtt2' }, false],
    ['no audience', { audience: 'mqtt' }, { exp }, false],
  ])('is for us by %s: %s', (_, settings, claims, isAdmitted) => {
    expect(ask(claims, settings).kind).toBe(isAdmitted ? 'admit' : 'refuse');
  });

  it('may bring rights, in a claim of any name', () => {
    const verdict = ask({ exp, rights: { pub: ['a'] } }, { aclClaim: 'rights' });
    if (verdict.kind !== 'admit' || verdict.rights === undefined) throw new Error('no rights');
    const { rights } = verdict;
    const view = rights.viewOf({ clientId: 'c1', username: undefined, remoteAddress: '' });
    expect([rights.isAllowed(view, 'publish', 'a'), rights.isAllowed(view, 'publish', 'b')]).toEqual([true, false]);
  });

  it.each([
    ['no password', { username: 'u1' }],
    ['a password', { username: 'u1', password: 'secret' }],
    ['an empty password', { username: 'u1', password: '' }],
    ['a token as user name', { username: hmacToken(SECRET, { exp }) }],
  ])('%s is for the next', (_, facts) => {
    expect(ask({}, {}, { password: undefined as unknown as string, ...facts })).toEqual({ kind: 'ignore' });
  });
});
