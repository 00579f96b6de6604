import { createRequire } from 'node:module';

type JsonWebToken = typeof import('jsonwebtoken');

const require = createRequire(import.meta.url);
let loaded: JsonWebToken | null = null;

/** Loaded where tokens are configured: a login by name and password does without its 3 MB. */
export function jsonWebToken(): JsonWebToken {
  loaded ??= require('jsonwebtoken') as JsonWebToken;
  return loaded;
}
