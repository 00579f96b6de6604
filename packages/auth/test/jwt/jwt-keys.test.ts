import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JwtSettings } from '../../src/auth-settings.ts';
import { loadJwtKeys } from '../../src/jwt/jwt-keys.ts';

const BASE = { aclClaim: 'acl', clockToleranceMs: 0 } as const;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const shortRsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed25519 = generateKeyPairSync('ed25519');
const x25519 = generateKeyPairSync('x25519');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nanomq-jwt-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function pem(key: KeyObject): string {
  return key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();
}

function jwk(key: KeyObject, fields: object): object {
  return { ...key.export({ format: 'jwk' }), ...fields };
}

function load(settings: Partial<JwtSettings>) {
  return loadJwtKeys({ ...BASE, ...settings });
}

/** @param keys  of a JWKS */
function loadSet(keys: unknown, settings: Partial<JwtSettings> = {}) {
  return load({ jwksFile: file('jwks.json', JSON.stringify({ keys })), ...settings });
}

describe('a key of its own', () => {
  it('is a secret for HMAC', () => {
    const keys = load({ algorithm: 'HS256', secret: 'x'.repeat(32) });
    expect(keys).toMatchObject([{ algorithm: 'HS256', keyId: undefined }]);
    expect(keys[0]?.key.symmetricKeySize).toBe(32);
  });

  it.each([
    ['RS512', pem(rsa.publicKey)],
    ['ES256', pem(p256.publicKey)],
    ['EdDSA', pem(ed25519.publicKey)],
    ['ES256', pem(p256.privateKey)],
  ] as const)('is a public key for %s', (algorithm, text) => {
    const [key] = load({ algorithm, keyFile: file('key.pem', text) });
    expect([key?.algorithm, key?.key.type]).toEqual([algorithm, 'public']);
  });

  it.each([
    ['no key at all', {}, 'one of secret, keyFile and jwksFile is needed'],
    [
      'two keys',
      { algorithm: 'HS256', secret: 'canary'.repeat(9), keyFile: 'x' },
      'one of secret, keyFile and jwksFile is needed',
    ],
    ['no algorithm', { secret: 'canary'.repeat(9) }, 'the algorithm is needed'],
    ['a short secret', { algorithm: 'HS256', secret: 'canary' }, 'secret: HS256 needs at least 32 bytes'],
    [
      'a secret too short for its hash',
      { algorithm: 'HS512', secret: 'c'.repeat(63) },
      'secret: HS512 needs at least 64 bytes',
    ],
    ['a secret for RSA', { algorithm: 'RS256', secret: 'canary'.repeat(9) }, 'secret is not for RS256'],
  ] as const)('%s is refused', (_, settings, text) => {
    expect(() => load(settings)).toThrow(`a key for tokens is not valid: ${text}`);
    expect(() => load(settings)).not.toThrow(/canary/);
  });

  it.each([
    ['another kind of key', 'RS256', pem(p256.publicKey), 'is not for RS256'],
    ['another curve', 'ES384', pem(p256.publicKey), 'is not for ES384'],
    ['a key for agreement', 'EdDSA', pem(x25519.publicKey), 'is not for EdDSA'],
    ['a public key as a secret', 'HS256', pem(rsa.publicKey), 'is not for HS256'],
    ['a short RSA key', 'RS256', pem(shortRsa.publicKey), 'an RSA key needs at least 2048 bits'],
    ['no key', 'RS256', 'canary', 'is not a key that can be read'],
    ['an empty file', 'RS256', '', 'is not a key that can be read'],
  ] as const)('%s in the file is refused', (_, algorithm, text, fault) => {
    const keyFile = file('wrong.pem', text);
    expect(() => load({ algorithm, keyFile })).toThrow(fault);
    expect(() => load({ algorithm, keyFile })).toThrow(keyFile);
    expect(() => load({ algorithm, keyFile })).not.toThrow(/canary/);
  });

  it('a file that is not there is refused', () => {
    const keyFile = join(folder, 'nothing.pem');
    expect(() => load({ algorithm: 'RS256', keyFile })).toThrow(expect.objectContaining({ code: 'FILE_UNREADABLE' }));
    expect(() => load({ jwksFile: keyFile })).toThrow(expect.objectContaining({ code: 'FILE_UNREADABLE' }));
  });
});

describe('a key set', () => {
  it('gives each key the algorithm it names', () => {
    const keys = loadSet([
      jwk(rsa.publicKey, { kid: 'a', alg: 'RS256', use: 'sig' }),
      jwk(p256.publicKey, { kid: 'b', alg: 'ES256' }),
      jwk(ed25519.publicKey, { kid: 'c', alg: 'EdDSA' }),
      { kty: 'oct', kid: 'd', alg: 'HS256', k: Buffer.alloc(32, 1).toString('base64url') },
      jwk(rsa.publicKey, { kid: 'e', alg: 'RSA-OAEP', use: 'enc' }),
    ]);
    expect(keys.map(({ algorithm, keyId }) => [algorithm, keyId])).toEqual([
      ['RS256', 'a'],
      ['ES256', 'b'],
      ['EdDSA', 'c'],
      ['HS256', 'd'],
    ]);
  });

  it('takes the algorithm of the settings where a key names none', () => {
    expect(loadSet([jwk(rsa.publicKey, {})], { algorithm: 'RS384' })).toMatchObject([{ algorithm: 'RS384' }]);
  });

  it('makes a public key of a private one', () => {
    expect(loadSet([jwk(p256.privateKey, { alg: 'ES256' })])[0]?.key.type).toBe('public');
  });

  it.each([
    ['nothing', undefined, 'has no keys'],
    ['no list', { a: 1 }, 'has no keys'],
    ['an empty list', [], 'has no keys'],
    ['keys for encryption alone', [jwk(rsa.publicKey, { alg: 'RS256', use: 'enc' })], 'has no key for signatures'],
    ['no object', ['canary'], 'key 1 is no object'],
    ['no algorithm', [jwk(rsa.publicKey, {})], 'key 1: alg is not known'],
    ['an algorithm that is not known', [jwk(rsa.publicKey, { alg: 'none' })], 'key 1: alg is not known'],
    ['an algorithm that objects have', [jwk(rsa.publicKey, { alg: 'constructor' })], 'key 1: alg is not known'],
    ['an algorithm for another key', [jwk(rsa.publicKey, { alg: 'ES256' })], 'key 1 is not for ES256'],
    ['a public key as a secret', [jwk(rsa.publicKey, { alg: 'HS256' })], 'key 1 is not for HS256'],
    ['a name that is no text', [jwk(rsa.publicKey, { alg: 'RS256', kid: 1 })], 'key 1: kid is no text'],
    [
      'a damaged key',
      [{ kty: 'RSA', alg: 'RS256', n: 'canary', e: 'AQAB' }],
      'key 1: an RSA key needs at least 2048 bits',
    ],
    ['a key without its parts', [{ kty: 'EC', alg: 'ES256', crv: 'P-256' }], 'key 1 is not a key that can be read'],
    ['a secret without a value', [{ kty: 'oct', alg: 'HS256' }], 'key 1: HS256 needs at least 32 bytes'],
    [
      'two keys of one name',
      [jwk(rsa.publicKey, { alg: 'RS256', kid: 'a' }), jwk(p256.publicKey, { alg: 'ES256', kid: 'a' })],
      'has two keys of one name',
    ],
    [
      'two keys without one',
      [jwk(rsa.publicKey, { alg: 'RS256' }), jwk(p256.publicKey, { alg: 'ES256' })],
      'has two keys of one name',
    ],
  ])('with %s is refused', (_, keys, fault) => {
    expect(() => loadSet(keys)).toThrow(fault);
    expect(() => loadSet(keys)).not.toThrow(/canary/);
  });

  it('is refused when one key is not for the algorithm of the settings', () => {
    const keys = [jwk(rsa.publicKey, { alg: 'RS256', kid: 'a' }), jwk(p256.publicKey, { alg: 'ES256', kid: 'b' })];
    expect(() => loadSet(keys, { algorithm: 'RS256' })).toThrow('key 2 is not for RS256');
  });

  it('that is no JSON is refused, and nothing of it is told', () => {
    const settings = { jwksFile: file('broken.json', '{"keys": canary}') };
    expect(() => load(settings)).toThrow(/is not a key that can be read$/);
  });
});
