import { createPublicKey, createSecretKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AuthError } from '../auth-error.ts';
import type { JwtAlgorithm, JwtSettings } from '../auth-settings.ts';

/** A key and the one algorithm it is for, whatever a token says. */
export interface JwtKey {
  readonly algorithm: JwtAlgorithm;
  readonly key: KeyObject;
  /** `kid` of a token that is signed with it; undefined = it has no name. */
  readonly keyId: string | undefined;
}

/** What an algorithm demands of its key. @see RFC 7518, 3; RFC 8037 */
const DEMANDS: Readonly<Record<JwtAlgorithm, { type: string; curve?: string; minBytes?: number }>> = {
  HS256: { type: 'secret', minBytes: 32 },
  HS384: { type: 'secret', minBytes: 48 },
  HS512: { type: 'secret', minBytes: 64 },
  RS256: { type: 'rsa' },
  RS384: { type: 'rsa' },
  RS512: { type: 'rsa' },
  ES256: { type: 'ec', curve: 'prime256v1' },
  ES384: { type: 'ec', curve: 'secp384r1' },
  ES512: { type: 'ec', curve: 'secp521r1' },
  EdDSA: { type: 'ed25519' },
};
const MIN_RSA_BITS = 2048;

/**
 * Reads the keys that tokens may be signed with.
 * @throws AuthError KEY_INVALID, FILE_UNREADABLE; nothing of a key is quoted
 */
export function loadJwtKeys(settings: JwtSettings): readonly JwtKey[] {
  const { algorithm, secret, keyFile, jwksFile } = settings;
  const given = [secret, keyFile, jwksFile].filter((source) => source !== undefined).length;
  if (given !== 1) throw new AuthError('KEY_INVALID', 'one of secret, keyFile and jwksFile is needed');
  if (jwksFile !== undefined) return readJwks(jwksFile, algorithm);
  if (algorithm === undefined) throw new AuthError('KEY_INVALID', 'the algorithm is needed');
  if (secret !== undefined) {
    return [checked({ algorithm, key: createSecretKey(secret, 'utf8'), keyId: undefined }, 'secret')];
  }
  const file = keyFile as string;
  const key = made(file, () => createPublicKey(read(file)));
  return [checked({ algorithm, key, keyId: undefined }, file)];
}

function readJwks(file: string, pinned: JwtAlgorithm | undefined): readonly JwtKey[] {
  const document: unknown = made(file, () => JSON.parse(read(file)));
  const found: unknown = (document as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(found) || found.length === 0) throw new AuthError('KEY_INVALID', `${file} has no keys`);
  const keys = found.map((entry: unknown, i) => jwkOf(entry, pinned, `${file}, key ${i + 1}`));
  const used = keys.filter((key) => key !== null);
  if (used.length === 0) throw new AuthError('KEY_INVALID', `${file} has no key for signatures`);
  const names = used.map(({ keyId }) => keyId);
  if (new Set(names).size < names.length) throw new AuthError('KEY_INVALID', `${file} has two keys of one name`);
  return used;
}

/** null: a key for encryption. */
function jwkOf(entry: unknown, pinned: JwtAlgorithm | undefined, place: string): JwtKey | null {
  if (typeof entry !== 'object' || entry === null) throw new AuthError('KEY_INVALID', `${place} is no object`);
  const { alg, kid, use, kty, k } = entry as Record<string, unknown>;
  if (use !== undefined && use !== 'sig') return null;
  if (kid !== undefined && typeof kid !== 'string') throw new AuthError('KEY_INVALID', `${place}: kid is no text`);
  const algorithm = (alg ?? pinned) as JwtAlgorithm;
  if (!Object.hasOwn(DEMANDS, String(algorithm))) throw new AuthError('KEY_INVALID', `${place}: alg is not known`);
  if (pinned !== undefined && algorithm !== pinned) throw new AuthError('KEY_INVALID', `${place} is not for ${pinned}`);
  const key = made(place, () => {
    if (kty === 'oct') return createSecretKey(Buffer.from(String(k), 'base64url'));
    return createPublicKey({ key: entry as JsonWebKey, format: 'jwk' });
  });
  return checked({ algorithm, key, keyId: kid }, place);
}

function checked(jwtKey: JwtKey, place: string): JwtKey {
  const { algorithm, key } = jwtKey;
  const { type, curve, minBytes = 0 } = DEMANDS[algorithm];
  const details = key.asymmetricKeyDetails;
  const found = key.type === 'secret' ? 'secret' : key.asymmetricKeyType;
  // A public key, which everybody may have, must never serve as a secret.
  if (found !== type || (curve !== undefined && details?.namedCurve !== curve)) {
    throw new AuthError('KEY_INVALID', `${place} is not for ${algorithm}`);
  }
  if ((key.symmetricKeySize ?? 0) < minBytes) {
    throw new AuthError('KEY_INVALID', `${place}: ${algorithm} needs at least ${minBytes} bytes`);
  }
  if (type === 'rsa' && (details?.modulusLength ?? 0) < MIN_RSA_BITS) {
    throw new AuthError('KEY_INVALID', `${place}: an RSA key needs at least ${MIN_RSA_BITS} bits`);
  }
  return jwtKey;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw AuthError.ofFile(file, 'read', error);
  }
}

/** The cause is left out: messages of parsers quote what they read. */
function made<T>(place: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof AuthError) throw error;
    throw new AuthError('KEY_INVALID', `${place} is not a key that can be read`);
  }
}
