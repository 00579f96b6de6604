import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JwtAlgorithm } from '../../src/auth-settings.ts';
import type { JwtKey } from '../../src/jwt/jwt-keys.ts';
import { looksLikeToken, verifiedClaims } from '../../src/jwt/verify-token.ts';
import { base64url, hmacToken, signedToken, unsigned } from './tokens.ts';

const CLAIMS = { sub: 'c1', exp: 2_000_000_000 };
const SECRET = 'an-hmac-secret-of-sixty-four-bytes-which-is-enough-for-sha-512!!';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' });
const ed25519 = generateKeyPairSync('ed25519');

/** Algorithm, key to check with, and how a token is made. */
const WAYS: readonly (readonly [JwtAlgorithm, KeyObject, (header: object) => string])[] = [
  ...([256, 384, 512] as const).flatMap((bits) => [
    [
      `HS${bits}`,
      createSecretKey(SECRET, 'utf8'),
      (header: object) => hmacToken(SECRET, CLAIMS, { ...header }, bits),
    ] as const,
    [`RS${bits}`, rsa.publicKey, (header: object) => signedToken(rsa.privateKey, CLAIMS, { ...header }, bits)] as const,
  ]),
  ['ES256', p256.publicKey, (header) => signedToken(p256.privateKey, CLAIMS, { ...header }, 256)],
  ['ES384', p384.publicKey, (header) => signedToken(p384.privateKey, CLAIMS, { ...header }, 384)],
  ['ES512', p521.publicKey, (header) => signedToken(p521.privateKey, CLAIMS, { ...header }, 512)],
  ['EdDSA', ed25519.publicKey, (header) => signedToken(ed25519.privateKey, CLAIMS, { ...header }, 0)],
];

function key(algorithm: JwtAlgorithm, keyObject: KeyObject, keyId?: string): JwtKey {
  return { algorithm, key: keyObject, keyId };
}

describe.each(WAYS)('a token signed with %s', (algorithm, keyObject, make) => {
  const keys = [key(algorithm, keyObject)];

  it('gives its claims', () => {
    expect(verifiedClaims(make({ alg: algorithm, typ: 'JWT' }), keys)).toMatchObject(CLAIMS);
  });

  it('is not good when anything in it is changed', () => {
    const token = make({ alg: algorithm });
    const [header = '', payload = '', signature = ''] = token.split('.');
    const bytes = Buffer.from(signature, 'base64url');
    bytes[5] = (bytes[5] ?? 0) ^ 1;
    for (const changed of [
      `${header}.${base64url(JSON.stringify({ ...CLAIMS, sub: 'c2' }))}.${signature}`,
      `${base64url(JSON.stringify({ alg: algorithm, x: 1 }))}.${payload}.${signature}`,
      `${header}.${payload}.${bytes.toString('base64url')}`,
      `${header}.${payload}.${signature.slice(0, 20)}`,
      `${header}.${payload}.`,
    ]) {
      expect(verifiedClaims(changed, keys)).toBeNull();
    }
  });

  it('is not good when its header says another algorithm: the key decides', () => {
    for (const [other] of WAYS) {
      if (other !== algorithm) expect(verifiedClaims(make({ alg: other }), keys)).toBeNull();
    }
  });
});

describe('a token', () => {
  const hs256 = [key('HS256', createSecretKey(SECRET, 'utf8'))];

  it('of RFC 7515, A.1 gives its claims', () => {
    const token =
      'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    const secret = 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow';
    const keys = [key('HS256', createSecretKey(Buffer.from(secret, 'base64url')))];
    expect(verifiedClaims(token, keys)).toEqual({ iss: 'joe', exp: 1_300_819_380, 'http://example.com/is_root': true });
  });

  it.each(['none', 'None', 'NONE', 'nOnE'])('without a signature, alg %s, is not good', (alg) => {
    expect(verifiedClaims(`${unsigned({ alg }, CLAIMS)}.`, hs256)).toBeNull();
    expect(verifiedClaims(`${unsigned({ alg: 'HS256' }, CLAIMS)}.`, hs256)).toBeNull();
  });

  it('signed with a public key as if that were a secret is not good', () => {
    const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' });
    const forged = hmacToken(pem.toString(), CLAIMS, { alg: 'HS256' });
    expect(verifiedClaims(forged, [key('RS256', rsa.publicKey)])).toBeNull();
    expect(
      verifiedClaims(hmacToken(pem.toString(), CLAIMS, { alg: 'RS256' }), [key('RS256', rsa.publicKey)]),
    ).toBeNull();
  });

  it('that brings its own key is checked with ours', () => {
    const jwk = p256.publicKey.export({ format: 'jwk' });
    const own = signedToken(p256.privateKey, CLAIMS, { alg: 'ES256', jwk, jku: 'http://127.0.0.1/', x5u: 'x' }, 256);
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(verifiedClaims(own, [key('ES256', other.publicKey)])).toBeNull();
  });

  it('with a critical extension that we do not know is not good', () => {
    expect(verifiedClaims(hmacToken(SECRET, CLAIMS, { alg: 'HS256', crit: ['b64'], b64: false }), hs256)).toBeNull();
  });

  it.each([
    ['a text', 'x'],
    ['a number', 7],
    ['null', null],
  ])('whose payload is %s has no claims', (_, payload) => {
    expect(verifiedClaims(hmacToken(SECRET, payload), hs256)).toBeNull();
    const eddsa = [key('EdDSA', ed25519.publicKey)];
    expect(verifiedClaims(signedToken(ed25519.privateKey, payload, { alg: 'EdDSA' }, 0), eddsa)).toBeNull();
  });
});

describe('the key of a token', () => {
  const [one, two] = [SECRET, SECRET.toUpperCase()].map((text) => createSecretKey(text, 'utf8')) as [
    KeyObject,
    KeyObject,
  ];
  const pair = [key('HS256', one, 'one'), key('HS256', two, 'two')];

  it.each([
    ['by its name', pair, SECRET, { kid: 'one' }, true],
    ['the other one', pair, SECRET, { kid: 'two' }, false],
    ['none of that name', pair, SECRET, { kid: 'three' }, false],
    ['a name that is no text', pair, SECRET, { kid: 0 }, false],
    ['none of several without a name', pair, SECRET, {}, false],
    ['the only one without a name', [key('HS256', one, 'one')], SECRET, {}, true],
    ['not the only one under another name', [key('HS256', one, 'one')], SECRET, { kid: 'two' }, false],
    ['one that has no name, whatever the token says', [key('HS256', one)], SECRET, { kid: 'x' }, true],
    ['none where there are none', [], SECRET, {}, false],
  ] as const)('is %s', (_, keys, secret, header, isGood) => {
    expect(verifiedClaims(hmacToken(secret, CLAIMS, { alg: 'HS256', ...header }), keys) !== null).toBe(isGood);
  });
});

describe('what looks like a token', () => {
  it.each([
    ['a token', hmacToken(SECRET, CLAIMS), true],
    ['one without a signature', `${unsigned({ alg: 'none' }, CLAIMS)}.`, true],
    ['a password', 'correct horse battery staple', false],
    ['a password with dots', 'correct.horse.battery-staple', false],
    ['a header without alg', `${unsigned({ typ: 'JWT' }, CLAIMS)}.c2ln`, false],
    ['two parts', unsigned({ alg: 'HS256' }, CLAIMS), false],
    ['four parts', `${hmacToken(SECRET, CLAIMS)}.x`, false],
    ['a header that is a list', `${base64url('["alg"]')}.${base64url('{}')}.c2ln`, false],
    ['something short', 'e30.e30.', false],
    ['more than 16 KiB', hmacToken(SECRET, { ...CLAIMS, x: 'x'.repeat(16_384) }), false],
  ])('%s: %s', (_, password, isOne) => {
    expect(looksLikeToken(Buffer.from(password))).toBe(isOne);
  });

  it('never throws, whatever the bytes', () => {
    const keys = [key('HS256', createSecretKey(SECRET, 'utf8')), key('EdDSA', ed25519.publicKey, 'x')];
    const parts = fc.array(fc.oneof(fc.base64String(), fc.json().map(base64url)), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.oneof(
          parts.map((each) => each.join('.')),
          fc.string(),
        ),
        (text) => {
          looksLikeToken(Buffer.from(text));
          expect(verifiedClaims(text, keys)).toBeNull();
          expect(verifiedClaims(text, keys.slice(0, 1))).toBeNull();
        },
      ),
      { numRuns: 500 },
    );
  });
});
