import { createHmac, type KeyObject, sign } from 'node:crypto';

type Json = Readonly<Record<string, unknown>>;

export function base64url(value: string | Buffer): string {
  return Buffer.from(value).toString('base64url');
}

/** Header and payload as they are signed. */
export function unsigned(header: Json, payload: unknown): string {
  return `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(payload))}`;
}

/** A token with HMAC, whatever its header says. @param bits  of the hash */
export function hmacToken(
  secret: string | Buffer,
  payload: unknown,
  header: Json = { alg: 'HS256' },
  bits = 256,
): string {
  const text = unsigned(header, payload);
  return `${text}.${createHmac(`sha${bits}`, secret).update(text).digest('base64url')}`;
}

/** A token signed with a private key, whatever its header says. @param bits  of the hash; 0 for Ed25519 */
export function signedToken(key: KeyObject, payload: unknown, header: Json, bits: number): string {
  const text = unsigned(header, payload);
  const input = Buffer.from(text);
  const signature = bits === 0 ? sign(null, input, key) : sign(`sha${bits}`, input, { key, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}
