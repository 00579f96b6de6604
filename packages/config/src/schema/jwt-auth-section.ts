import { z } from 'zod';
import { used, usedIfSet } from './setting.ts';
import { bool, duration, readWith, text, word } from './value-kinds.ts';

/** How a token of a client may be signed. */
export const CLIENT_JWT_ALGORITHMS = [
  'HS256',
  'HS384',
  'HS512',
  'RS256',
  'RS384',
  'RS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

/** RFC 7518, 3.2: a key has at least as many bits as the hash; of the shortest one here. */
const MIN_SECRET_BYTES = 32;
const HOUR_MS = 3_600_000;

const secret = readWith<string>('text', (found) => {
  const value = text.schema.safeParse(found).data;
  return value === undefined || Buffer.byteLength(value) < MIN_SECRET_BYTES
    ? { code: 'VALUE_OUT_OF_RANGE', allowed: `a text of at least ${MIN_SECRET_BYTES} bytes` }
    : { value };
});

/** `auth.jwt`: ours. The token is the password of CONNECT. */
export const jwtAuthSection = z
  .object({
    enable: usedIfSet(bool, {
      absent: 'true when the section stands in the file',
      reload: 'live',
      meaning: 'admit clients by a token',
    }),
    algorithm: usedIfSet(word(CLIENT_JWT_ALGORITHMS), {
      absent: 'with `jwksfile` that of each key, else required',
      reload: 'live',
      meaning: 'the one algorithm a token may be signed with',
    }),
    secret: usedIfSet(secret, {
      absent: 'none',
      secret: true,
      reload: 'live',
      meaning: 'key for HS256, HS384, HS512: as many bytes as the hash has, 32, 48 or 64',
    }),
    keyfile: usedIfSet(text, { absent: 'none', reload: 'live', meaning: 'public key (PEM) for all other algorithms' }),
    jwksfile: usedIfSet(text, {
      absent: 'none',
      reload: 'live',
      meaning: 'public keys (JWKS), chosen by the `kid` of the token',
    }),
    username_claim: usedIfSet(text, {
      absent: 'none: the user name of CONNECT holds',
      reload: 'live',
      meaning: 'claim with the user name',
    }),
    clientid_claim: usedIfSet(text, {
      absent: 'none: any',
      reload: 'live',
      meaning: 'claim that must be the client identifier of CONNECT',
    }),
    acl_claim: used(text, {
      default: 'acl',
      reload: 'live',
      meaning: 'claim with the lists `pub` and `sub` of topic filters',
    }),
    issuer: usedIfSet(text, { absent: 'any', reload: 'live', meaning: 'the `iss` a token must have' }),
    audience: usedIfSet(text, { absent: 'any', reload: 'live', meaning: 'an `aud` a token must have' }),
    clock_tolerance: used(duration({ minMs: 0, maxMs: HOUR_MS }), {
      default: '0s',
      reload: 'live',
      meaning: 'how far the clock of the issuer may be off when a token begins and ends',
    }),
  })
  .prefault({});
