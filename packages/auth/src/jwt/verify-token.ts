import { verify as verifySignature } from 'node:crypto';
import { jsonWebToken } from './json-web-token.ts';
import type { JwtKey } from './jwt-keys.ts';

/** Claims of a token, unchecked but for the signature. */
export type Claims = Readonly<Record<string, unknown>>;

/** A token is a header, a payload and a signature, all Base64url. */
const TOKEN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/;

/** A longer one is none of ours, and would cost more to look at. */
const MAX_TOKEN_BYTES = 16 * 1024;

/** Whether a password could be a token at all. */
export function looksLikeToken(password: Buffer): boolean {
  if (password.length > MAX_TOKEN_BYTES || password.length < 20) return false;
  const text = password.toString('latin1');
  if (!TOKEN.test(text)) return false;
  return partOf(text.slice(0, text.indexOf('.')))?.alg !== undefined;
}

/**
 * The claims of a token that is signed with one of the keys. The key decides the algorithm; the header must agree.
 * @returns null when the token is not good
 * @see RFC 7515, RFC 8725 3.1
 */
export function verifiedClaims(token: string, keys: readonly JwtKey[]): Claims | null {
  const header = partOf(token.slice(0, token.indexOf('.')));
  if (header === null || header.crit !== undefined) return null;
  const key = keyFor(header, keys);
  if (key === null || header.alg !== key.algorithm) return null;
  return key.algorithm === 'EdDSA' ? verifyEdDsa(token, key) : verifyJws(token, key, key.algorithm);
}

/** A token that names no key can be meant for one only. */
function keyFor({ kid }: Claims, keys: readonly JwtKey[]): JwtKey | null {
  const [only, ...more] = keys;
  if (only === undefined) return null;
  if (only.keyId === undefined && more.length === 0) return only;
  if (kid === undefined) return more.length === 0 ? only : null;
  return keys.find(({ keyId }) => keyId === kid) ?? null;
}

function verifyJws(token: string, { key }: JwtKey, algorithm: Exclude<JwtKey['algorithm'], 'EdDSA'>): Claims | null {
  try {
    // Times are checked by the caller, by its own clock.
    const options = { algorithms: [algorithm], ignoreExpiration: true, ignoreNotBefore: true };
    const claims = jsonWebToken().verify(token, key, options);
    return typeof claims === 'object' ? claims : null;
  } catch {
    return null;
  }
}

/** jsonwebtoken knows no EdDSA. @see RFC 8037, 3.1 */
function verifyEdDsa(token: string, { key }: JwtKey): Claims | null {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const signed = Buffer.from(`${header}.${payload}`, 'ascii');
  return verifySignature(null, signed, key, Buffer.from(signature, 'base64url')) ? partOf(payload) : null;
}

function partOf(part: string): Claims | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Claims) : null;
  } catch {
    return null;
  }
}
