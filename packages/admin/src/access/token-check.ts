import { createPublicKey, createSecretKey, type KeyObject, verify as verifySignature } from 'node:crypto';
import { createRequire } from 'node:module';
import { z } from 'zod';
import type { JwtOptions } from '../admin-options.ts';
import { isSameText } from './same-text.ts';

/** What a token came to; `reason` may be shown to its holder. */
export type TokenVerdict = { readonly kind: 'good' } | { readonly kind: 'expired' | 'wrong'; readonly reason: string };

/** Says what a token is worth. */
export type TokenCheck = (token: string) => TokenVerdict;

/** Key types of node:crypto an algorithm takes. */
const KEY_TYPES = { RS256: 'rsa', ES256: 'ec', EdDSA: 'ed25519', HS256: undefined } as const;

const claimsSchema = z.object({
  // NanoMQ takes a numeric string as well.
  exp: z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]).optional(),
  nbf: z.number().optional(),
  iss: z.string().optional(),
});

const headerSchema = z.object({ alg: z.literal('EdDSA'), crit: z.undefined().optional() });

/**
 * Makes the check for one key. The algorithm is the configured one whatever a token's header claims, `exp` is required,
 * `iss` must be the issuer; a token whose only defect is its `exp` is `expired`, as in NanoMQ.
 * @param nowMs  milliseconds since 1970
 * @throws Error when the key is no key or not of the algorithm's type
 * @see RFC 7519, RFC 8725 3.1
 */
export function createTokenCheck({ algorithm, key, issuer }: JwtOptions, nowMs: () => number): TokenCheck {
  const keyObject = algorithm === 'HS256' ? createSecretKey(key, 'utf8') : createPublicKey(key);
  const isCurveWrong = algorithm === 'ES256' && keyObject.asymmetricKeyDetails?.namedCurve !== 'prime256v1';
  if (keyObject.asymmetricKeyType !== KEY_TYPES[algorithm] || isCurveWrong) {
    throw new Error(`the JWT key is not for ${algorithm}`);
  }
  const payloadOf = algorithm === 'EdDSA' ? edDsaVerifier(keyObject) : jwsVerifier(keyObject, algorithm);
  return (token) => {
    const claims = claimsSchema.safeParse(payloadOf(token));
    if (!claims.success) return { kind: 'wrong', reason: 'the token is not valid' };
    const { exp, nbf, iss } = claims.data;
    const nowSeconds = nowMs() / 1000;
    if (issuer !== '' && !isSameText(iss ?? '', issuer))
      return { kind: 'wrong', reason: 'iss: not the issuer expected' };
    if (nbf !== undefined && nowSeconds < nbf) return { kind: 'wrong', reason: 'nbf: the token is not valid yet' };
    if (exp === undefined) return { kind: 'expired', reason: 'exp: required in a token' };
    if (nowSeconds >= exp) return { kind: 'expired', reason: 'exp: the token has expired' };
    return { kind: 'good' };
  };
}

/** Gives the payload; undefined when the token is not one or not signed with the key. */
type Verifier = (token: string) => unknown;

function jwsVerifier(key: KeyObject, algorithm: 'RS256' | 'ES256' | 'HS256'): Verifier {
  // Loaded here, with the key: a login by name and password does without its 3 MB.
  const { verify } = createRequire(import.meta.url)('jsonwebtoken') as typeof import('jsonwebtoken');
  // Time claims are checked by the caller, for all algorithms alike and by its own clock.
  const options = { algorithms: [algorithm], ignoreExpiration: true, ignoreNotBefore: true };
  return (token) => {
    try {
      return verify(token, key, options);
    } catch {
      return undefined;
    }
  };
}

/** jsonwebtoken knows no EdDSA. The same answers as those of `jwsVerifier`. @see RFC 8037, 3.1 */
function edDsaVerifier(key: KeyObject): Verifier {
  return (token) => {
    const [header, payload, signature, ...more] = token.split('.');
    if (header === undefined || payload === undefined || signature === undefined || more.length > 0) return undefined;
    if (!headerSchema.safeParse(parsePart(header)).success) return undefined;
    const signed = Buffer.from(`${header}.${payload}`, 'ascii');
    return verifySignature(null, signed, key, Buffer.from(signature, 'base64url')) ? parsePart(payload) : undefined;
  };
}

function parsePart(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
