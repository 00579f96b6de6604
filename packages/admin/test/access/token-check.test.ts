import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createTokenCheck, type TokenVerdict } from '../../src/access/token-check.ts';
import type { JwtOptions } from '../../src/admin-options.ts';
import { AdminHarness } from '../support/admin-harness.ts';

type Algorithm = JwtOptions['algorithm'];

const NOW_SECONDS = 1_700_000_000;
const ISSUER = 'jwtRS256.key.pub';
const SECRET = 'a secret of thirty-two characters';
const PAIRS = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
  EdDSA: generateKeyPairSync('ed25519'),
} as const;
const ALGORITHMS: readonly Algorithm[] = ['RS256', 'ES256', 'EdDSA', 'HS256'];
const GOOD_CLAIMS = { iat: NOW_SECONDS - 10, exp: NOW_SECONDS + 60, iss: ISSUER, bodyEncode: '0' };

function pem(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

function keyOf(algorithm: Algorithm): string {
  return algorithm === 'HS256' ? SECRET : pem(PAIRS[algorithm].publicKey);
}

function base64url(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

/** Signs as RFC 7515 says, without the library under test. */
function signToken(algorithm: Algorithm, claims: unknown, header: object = { alg: algorithm, typ: 'JWT' }): string {
  const text = `${base64url(header)}.${base64url(claims)}`;
  return `${text}.${signature(algorithm, text).toString('base64url')}`;
}

function signature(algorithm: Algorithm, text: string): Buffer {
  const bytes = Buffer.from(text);
  switch (algorithm) {
    case 'HS256':
      return createHmac('sha256', SECRET).update(bytes).digest();
    case 'EdDSA':
      return sign(null, bytes, PAIRS.EdDSA.privateKey);
    case 'ES256':
      return sign('sha256', bytes, { key: PAIRS.ES256.privateKey, dsaEncoding: 'ieee-p1363' });
    case 'RS256':
      return sign('sha256', bytes, PAIRS.RS256.privateKey);
  }
}

function verdict(algorithm: Algorithm, token: string, issuer = ISSUER): TokenVerdict['kind'] {
  const check = createTokenCheck({ algorithm, key: keyOf(algorithm), issuer }, () => NOW_SECONDS * 1000);
  return check(token).kind;
}

describe.each(ALGORITHMS)('%s', (algorithm) => {
  it.each([
    ['good', GOOD_CLAIMS, 'good'],
    ['exp as text, as NanoMQ takes it', { ...GOOD_CLAIMS, exp: String(NOW_SECONDS + 60) }, 'good'],
    ['exp now', { ...GOOD_CLAIMS, exp: NOW_SECONDS }, 'expired'],
    ['exp long ago', { ...GOOD_CLAIMS, exp: 1 }, 'expired'],
    ['without exp', { iss: ISSUER }, 'expired'],
    ['exp no number', { ...GOOD_CLAIMS, exp: 'tomorrow' }, 'wrong'],
    ['exp null', { ...GOOD_CLAIMS, exp: null }, 'wrong'],
    ['nbf in the future', { ...GOOD_CLAIMS, nbf: NOW_SECONDS + 1 }, 'wrong'],
    ['nbf in the past', { ...GOOD_CLAIMS, nbf: NOW_SECONDS - 1 }, 'good'],
    ['another issuer', { ...GOOD_CLAIMS, iss: 'other.pub' }, 'wrong'],
    ['another issuer and expired', { ...GOOD_CLAIMS, iss: 'other.pub', exp: 1 }, 'wrong'],
    ['no issuer', { exp: GOOD_CLAIMS.exp }, 'wrong'],
    ['issuers in a list', { ...GOOD_CLAIMS, iss: [ISSUER] }, 'wrong'],
    ['claims that are a text', 'text', 'wrong'],
    ['claims that are a list', [GOOD_CLAIMS], 'wrong'],
  ])('a token %s', (_, claims, expected) => {
    expect(verdict(algorithm, signToken(algorithm, claims))).toBe(expected);
  });

  it('any issuer when none is configured', () => {
    expect(verdict(algorithm, signToken(algorithm, { exp: GOOD_CLAIMS.exp }), '')).toBe('good');
  });

  it('alg none, with and without a signature', () => {
    const text = `${base64url({ alg: 'none', typ: 'JWT' })}.${base64url(GOOD_CLAIMS)}`;
    const signed = signToken(algorithm, GOOD_CLAIMS, { alg: 'none' });
    for (const token of [`${text}.`, text, signed]) expect(verdict(algorithm, token)).toBe('wrong');
  });

  it('a header that claims another algorithm than the configured one', () => {
    for (const alg of ['HS256', 'RS256', 'ES256', 'EdDSA', 'HS512', 'PS256'].filter((name) => name !== algorithm)) {
      expect(verdict(algorithm, signToken(algorithm, GOOD_CLAIMS, { alg }))).toBe('wrong');
    }
  });

  it('a token of every other algorithm, although well signed', () => {
    for (const other of ALGORITHMS.filter((name) => name !== algorithm)) {
      expect(verdict(algorithm, signToken(other, GOOD_CLAIMS))).toBe('wrong');
    }
  });

  it('HS256 signed with the text of the public key (algorithm confusion)', () => {
    const text = `${base64url({ alg: 'HS256' })}.${base64url(GOOD_CLAIMS)}`;
    const forged = createHmac('sha256', pem(PAIRS.RS256.publicKey)).update(text).digest('base64url');
    expect(verdict(algorithm, `${text}.${forged}`)).toBe('wrong');
    const own = `${base64url({ alg: algorithm })}.${base64url(GOOD_CLAIMS)}`;
    const ownForged = createHmac('sha256', keyOf('RS256')).update(own).digest('base64url');
    expect(verdict(algorithm, `${own}.${ownForged}`)).toBe('wrong');
  });

  it('every single character of header, payload or signature changed', () => {
    const token = signToken(algorithm, GOOD_CLAIMS);
    for (let at = 0; at < token.length; at += 7) {
      // The last character of a part may hold bits that mean nothing.
      if (token[at] === '.' || token[at + 1] === '.' || at === token.length - 1) continue;
      const changed = token[at] === 'A' ? 'B' : 'A';
      expect(verdict(algorithm, token.slice(0, at) + changed + token.slice(at + 1))).toBe('wrong');
    }
  });

  it.each(['', '.', '..', 'a.b.c', 'a.b', 'a.b.c.d', '....', 'null', 'e30.e30.e30'])('the text %j', (token) => {
    expect(verdict(algorithm, token)).toBe('wrong');
  });
});

describe('keys', () => {
  it.each([
    ['RS256', pem(PAIRS.ES256.publicKey)],
    ['ES256', pem(PAIRS.RS256.publicKey)],
    ['ES256', pem(generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).publicKey)],
    ['EdDSA', pem(PAIRS.ES256.publicKey)],
    ['RS256', 'no key'],
    ['EdDSA', ''],
  ] as const)('%s refuses a key of another kind', (algorithm, key) => {
    expect(() => createTokenCheck({ algorithm, key, issuer: '' }, Date.now)).toThrow();
  });
});

describe('over HTTP', () => {
  const jwt: JwtOptions = { algorithm: 'RS256', key: keyOf('RS256'), issuer: ISSUER };
  const body = { req: 2, seq: 7 };
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const expired = { ...GOOD_CLAIMS, exp: NOW_SECONDS };

  it.each([
    ['a good token', bearer(signToken('RS256', GOOD_CLAIMS)), 200, 0],
    ['the scheme in lower case', { authorization: `bearer ${signToken('RS256', GOOD_CLAIMS)}` }, 200, 0],
    ['no header', {}, 401, 104],
    ['Basic, although right', { authorization: 'Basic YWRtaW46cHVibGlj' }, 401, 104],
    ['no token', { authorization: 'Bearer ' }, 401, 104],
    ['an expired token', bearer(signToken('RS256', expired)), 401, 116],
    ['no exp', bearer(signToken('RS256', { iss: ISSUER })), 401, 116],
    ['another issuer', bearer(signToken('RS256', { ...GOOD_CLAIMS, iss: 'x' })), 401, 103],
    ['another issuer, and expired', bearer(signToken('RS256', { ...expired, iss: 'x' })), 401, 103],
    ['another algorithm', bearer(signToken('HS256', GOOD_CLAIMS)), 401, 103],
  ])('%s', async (_, headers, status, code) => {
    const harness = await AdminHarness.open({ authType: 'jwt', jwt });
    const reply = await harness.call({ body, headers, auth: null });
    expect([reply.status, JSON.parse(reply.text).code, JSON.parse(reply.text).seq]).toEqual([status, code, 7]);
    if (status === 401) expect(reply.headers['www-authenticate']).toMatch(/^Bearer realm="nanomq"/);
  });

  it('the server does not open without a usable key, and keeps its options when it gets none', async () => {
    await expect(AdminHarness.open({ authType: 'jwt', jwt: null })).rejects.toThrow('http_server.jwt has no key');
    await expect(AdminHarness.open({ authType: 'jwt', jwt: { ...jwt, key: 'x' } })).rejects.toThrow();
    const harness = await AdminHarness.open();
    expect(() => harness.server.update({ ...harness.options, authType: 'jwt' })).toThrow();
    expect((await harness.call({ body })).status).toBe(200);
  });
});
