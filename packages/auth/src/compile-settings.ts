import type { Logger } from '@nanomq-ts/core';
import type { AclRule } from './acl/acl-rule.ts';
import { parseAclRules } from './acl/parse-acl-rules.ts';
import { RuleSet } from './acl/rule-set.ts';
import { AuthError } from './auth-error.ts';
import type { AuthSettings, HttpAuthSettings, HttpRequestSettings } from './auth-settings.ts';
import type { Authenticator } from './authenticator.ts';
import { AuthenticatorChain } from './authenticator-chain.ts';
import { CertificateAuthenticator } from './certificate-authenticator.ts';
import { HttpAuthenticator } from './http/http-authenticator.ts';
import { HttpAuthority } from './http/http-authority.ts';
import { HttpAuthorizer } from './http/http-authorizer.ts';
import type { PortOf } from './http/http-client-facts.ts';
import { JwtAuthenticator } from './jwt/jwt-authenticator.ts';
import type { JwtKey } from './jwt/jwt-keys.ts';
import type { HashWorkers } from './passwords/hash-workers.ts';
import { PasswordAuthenticator } from './passwords/password-authenticator.ts';
import { type UserList, userListOf } from './passwords/user-list.ts';
import { VerifiedCache } from './passwords/verified-cache.ts';

/** What the parts of a compiled configuration stand on. */
export interface CompileParts {
  readonly logger: Logger;
  readonly nowMs: () => number;
  readonly workers: HashWorkers;
  readonly portOf: PortOf;
  readonly credentialCacheTtlMs: number;
}

/** Settings that hold: everything checked, every file read. */
export interface CompiledSettings {
  readonly settings: AuthSettings;
  readonly users: UserList;
  readonly rules: readonly AclRule[];
  /** Null: rules are not asked. */
  readonly ruleSet: RuleSet | null;
  readonly chain: AuthenticatorChain;
  readonly jwtKeys: readonly JwtKey[];
  /** Null: no server is asked about topics. */
  readonly http: HttpAuthorizer | null;
  /** To be retired when other settings take their place, or closed. */
  readonly authorities: readonly HttpAuthority[];
}

/** @throws AuthError of any code; nothing was begun then */
export function compileSettings(settings: AuthSettings, parts: CompileParts): CompiledSettings {
  const { acl, noMatch, jwt, peerCertAsUsername, allowAnonymous } = settings;
  const users = userListOf(settings.usesPasswords ? settings.users : []);
  const rules = acl.enable && acl.rules.length > 0 ? parseAclRules(acl.rules) : [];
  const hasRules = acl.enable && (rules.length > 0 || noMatch === 'deny');
  const authenticators: Authenticator[] = [];
  if (peerCertAsUsername !== 'off') authenticators.push(new CertificateAuthenticator(peerCertAsUsername));
  const tokens = jwt === null ? null : new JwtAuthenticator(jwt, parts.nowMs);
  if (tokens !== null) authenticators.push(tokens);
  if (settings.usesPasswords) {
    const cache = new VerifiedCache(parts.credentialCacheTtlMs);
    authenticators.push(new PasswordAuthenticator(users, { cache, nowMs: parts.nowMs, workers: parts.workers }));
  }
  const http = settings.http === null ? null : compileHttp(settings.http, parts);
  if (http?.authenticator != null) authenticators.push(http.authenticator);
  return {
    settings,
    users,
    rules,
    ruleSet: hasRules ? new RuleSet(rules, noMatch) : null,
    chain: new AuthenticatorChain(authenticators, allowAnonymous, parts.logger),
    jwtKeys: tokens?.keys ?? [],
    http: http?.authorizer ?? null,
    authorities: http?.authorities ?? [],
  };
}

interface CompiledHttp {
  readonly authenticator: HttpAuthenticator | null;
  readonly authorizer: HttpAuthorizer | null;
  readonly authorities: readonly HttpAuthority[];
}

function compileHttp(http: HttpAuthSettings, parts: CompileParts): CompiledHttp {
  const { authRequest, superRequest, aclRequest } = http;
  if (authRequest === null && aclRequest === null) {
    throw new AuthError('HTTP_REQUEST_INVALID', 'neither a request for clients nor one for topics is there');
  }
  const made = (request: HttpRequestSettings | null) =>
    request === null ? null : new HttpAuthority(request, http, parts);
  const [auth, superuser, acl] = [made(authRequest), made(superRequest), made(aclRequest)] as const;
  return {
    authenticator: auth === null ? null : new HttpAuthenticator(auth, parts.portOf),
    authorizer: acl === null ? null : new HttpAuthorizer(superuser, acl),
    authorities: [auth, superuser, acl].filter((authority) => authority !== null),
  };
}
