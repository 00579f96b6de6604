import type { HttpServerConfig, JwtConfig } from './nanomq-config.ts';
import type { CheckedConfig } from './schema/config-schema.ts';

const LOOPBACK = '127.0.0.1';
const EVERY_ADDRESS = '0.0.0.0';
const DEFAULT_LOGIN = { username: 'admin', password: 'public' };

/** Section `http_server` with the names the broker uses, whether it is on or not. */
export function httpServerConfig(section: CheckedConfig['http_server']): HttpServerConfig {
  const isLoopbackByDefault = section.ip_addr === undefined && isOpenToGuesses(section);
  return {
    host: section.ip_addr ?? (isLoopbackByDefault ? LOOPBACK : EVERY_ADDRESS),
    port: section.port,
    username: section.username,
    password: section.password,
    authType: section.auth_type,
    maxConcurrentRequests: section.limit_conn,
    maxBodyBytes: section.max_body,
    jwt: section.auth_type === 'jwt' ? jwtConfig(section.jwt) : null,
    redactSecrets: section.redact_secrets,
    isLoopbackByDefault,
  };
}

function isOpenToGuesses({ auth_type, username, password }: CheckedConfig['http_server']): boolean {
  const isDefaultLogin = username === DEFAULT_LOGIN.username && password === DEFAULT_LOGIN.password;
  return isDefaultLogin || auth_type === 'no_auth';
}

/** The keys of `http_server.jwt` as they take effect. */
export function jwtConfig({ algorithm, secret, public: { keyfile } }: CheckedConfig['http_server']['jwt']): JwtConfig {
  const derived = secret !== undefined && keyfile === undefined ? 'HS256' : 'RS256';
  return { algorithm: algorithm ?? derived, keyFile: keyfile ?? null, secret: secret ?? null };
}
