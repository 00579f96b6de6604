import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { HttpServerOptions, JwtOptions } from '@nanomq-ts/admin';
import type { HttpServerConfig, JwtConfig } from '@nanomq-ts/config';

/**
 * Section `http_server` as the admin server takes it; the key file is read now.
 * @param cwd  `jwt.public.keyfile` is relative to it
 * @throws Error of the system when the key file cannot be read
 */
export function httpServerOptions(config: HttpServerConfig, cwd: string): HttpServerOptions {
  const { isLoopbackByDefault: _, jwt, ...options } = config;
  return { ...options, jwt: jwt === null ? null : jwtOptions(jwt, cwd) };
}

/** NanoMQ wants the base name of the key file as `iss`. */
function jwtOptions({ algorithm, keyFile, secret }: JwtConfig, cwd: string): JwtOptions {
  if (algorithm === 'HS256') return { algorithm, key: secret ?? '', issuer: '' };
  const path = keyFile ?? '';
  return { algorithm, key: readFileSync(resolve(cwd, path), 'utf8'), issuer: basename(path) };
}
