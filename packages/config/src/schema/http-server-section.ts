import { z } from 'zod';
import { host } from './host.ts';
import { known, used, usedIfSet } from './setting.ts';
import { bool, number, readWith, size, text, word } from './value-kinds.ts';

/** How a caller of the HTTP API is known. */
export const AUTH_TYPES = ['basic', 'jwt', 'no_auth'] as const;

/** How a token may be signed. */
export const JWT_ALGORITHMS = ['RS256', 'ES256', 'EdDSA', 'HS256'] as const;

/** RFC 7518, 3.2: a key for HS256 has at least as many bits as the hash. */
const MIN_SECRET_BYTES = 32;

const loginName = readWith('text', (found) => {
  const value = text.schema.safeParse(found).data;
  // RFC 7617: the first colon ends the name, so that a name with one could never match.
  return value === undefined || value === '' || value.includes(':')
    ? { code: 'VALUE_INVALID', allowed: 'a text, not empty and without a colon' }
    : { value };
});

const password = readWith('text', (found) => {
  const value = text.schema.safeParse(found).data;
  return value === undefined || value === '' ? { code: 'VALUE_INVALID', allowed: 'a text, not empty' } : { value };
});

const secret = readWith('text', (found) => {
  const value = text.schema.safeParse(found).data;
  return value === undefined || Buffer.byteLength(value) < MIN_SECRET_BYTES
    ? { code: 'VALUE_OUT_OF_RANGE', allowed: `a text of at least ${MIN_SECRET_BYTES} bytes` }
    : { value };
});

const jwt = z
  .object({
    algorithm: usedIfSet(word(JWT_ALGORITHMS), {
      absent: '`HS256` when only `secret` is set, else `RS256`',
      meaning: 'the one algorithm a token may be signed with',
      differs: 'NanoMQ knows RS256 only',
    }),
    secret: usedIfSet(secret, {
      absent: 'none',
      secret: true,
      meaning: 'key for HS256, 32 bytes or more',
      differs: 'NanoMQ does not know it',
    }),
    public: z
      .object({
        keyfile: usedIfSet(text, {
          absent: 'none',
          env: 'HTTP_SERVER_JWT_PUBLIC_KEYFILE',
          meaning: 'public key (PEM); a token must have the base name of this file as `iss`',
        }),
      })
      .prefault({}),
    private: z
      .object({ keyfile: known('path', 'not used by NanoMQ', { env: 'HTTP_SERVER_JWT_PRIVATE_KEYFILE' }) })
      .optional(),
  })
  .prefault({});

/** `http_server`: standing in the file turns the HTTP API on, unless `enable` says no. */
export const httpServerSection = z
  .object({
    enable: usedIfSet(bool, {
      absent: 'true when the section stands in the file',
      env: 'HTTP_SERVER_ENABLE',
      meaning: 'the HTTP API',
    }),
    port: used(number({ min: 0, max: 65_535 }), {
      default: 8081,
      env: 'HTTP_SERVER_PORT',
      meaning: 'port of the HTTP API; 0 lets the system choose',
    }),
    ip_addr: usedIfSet(host, {
      absent: '`127.0.0.1` while `username` and `password` are both the defaults, or with `no_auth`; else `0.0.0.0`',
      env: 'HTTP_SERVER_URL',
      meaning: 'address the HTTP API listens on',
      differs: 'NanoMQ always listens on `0.0.0.0`; a broker with a password everybody knows should not',
    }),
    limit_conn: used(number({ min: 1, max: 65_535, zeroMeans: 32 }), {
      default: 32,
      env: 'HTTP_SERVER_PARALLEL',
      meaning: 'most requests handled at once; more wait',
    }),
    max_body: used(size({ min: 1, max: 1024 ** 3 }), { default: '1MB', meaning: 'largest body of a request' }),
    username: used(loginName, {
      default: 'admin',
      reload: 'live',
      env: 'HTTP_SERVER_USERNAME',
      meaning: 'user of the HTTP API',
    }),
    password: used(password, {
      default: 'public',
      reload: 'live',
      secret: true,
      env: 'HTTP_SERVER_PASSWORD',
      meaning: 'password of the HTTP API',
    }),
    auth_type: used(word(AUTH_TYPES), {
      default: 'basic',
      env: 'HTTP_SERVER_AUTH_TYPE',
      meaning: 'how a caller is known: user and password, a token, or not at all',
    }),
    redact_secrets: used(bool, {
      default: false,
      meaning: 'API v1 shows `******` in place of secrets and takes it as unchanged',
      differs: 'NanoMQ does not know it',
    }),
    jwt,
  })
  .prefault({});
