import type { AclRuleConfig, AuthConfig, HttpAuthConfig, HttpRequestConfig, JwtAuthConfig } from './auth-config.ts';
import type { CheckedConfig } from './schema/config-schema.ts';
import type { SectionPresence } from './section-presence.ts';
import type { SettingTree } from './setting-tree.ts';
import { whatIsSet } from './what-is-set.ts';

type AuthValues = CheckedConfig['auth'];
type RequestValues = NonNullable<AuthValues['http_auth']['auth_req']>;

/** Section `auth` with the names the broker uses; each rule with the place it stands at. */
export function authConfig(checked: CheckedConfig, presence: SectionPresence, tree: SettingTree): AuthConfig {
  const { auth } = checked;
  return {
    allowAnonymous: auth.allow_anonymous,
    usesPasswords: usesPasswords(auth, presence),
    users: Object.entries(auth.password ?? {}).flatMap(([username, password]) =>
      password === undefined ? [] : [{ username, password }],
    ),
    noMatch: auth.no_match,
    denyAction: auth.deny_action,
    acl: { enable: auth.acl.enable, rules: rulesOf(auth, tree) },
    http: presence.isOn(checked, 'auth.http_auth') ? httpAuthConfig(auth.http_auth) : null,
    jwt: presence.isOn(checked, 'auth.jwt') ? jwtAuthConfig(auth.jwt) : null,
    peerCertAsUsername: auth.peer_cert_as_username,
    bindClientToUser: auth.bind_client_to_user,
    recheckRetained: auth.recheck_retained,
  };
}

/** What `auth.enable` comes to: an empty list of users that stands in the file admits nobody. */
export function usesPasswords({ enable, password }: AuthValues, presence: SectionPresence): boolean {
  return enable ?? (presence.isInFile(['auth', 'password']) || Object.keys(password ?? {}).length > 0);
}

function rulesOf({ acl }: AuthValues, tree: SettingTree): readonly AclRuleConfig[] {
  return (acl.rules ?? []).map((rule, index): AclRuleConfig => {
    const origin = tree.originOf(['auth', 'acl', 'rules', String(index)]);
    if (origin.kind !== 'file') return { ...rule, source: null };
    const { file, line, column } = origin;
    return { ...rule, source: { file, line, column } };
  });
}

function httpAuthConfig(section: AuthValues['http_auth']): HttpAuthConfig {
  return {
    timeoutMs: section.timeout,
    connectTimeoutMs: section.connect_timeout,
    poolSize: section.pool_size,
    cacheTtlMs: section.cache_ttl,
    authRequest: requestConfig(section.auth_req),
    superRequest: requestConfig(section.super_req),
    aclRequest: requestConfig(section.acl_req),
  };
}

function requestConfig(section: RequestValues | undefined): HttpRequestConfig | null {
  const { url, method, headers, params } = section ?? {};
  if (url === undefined || method === undefined) return null;
  return { url, method, headers: texts(headers), params: texts(params) };
}

function texts(record: Readonly<Record<string, string | undefined>> = {}): Readonly<Record<string, string>> {
  return whatIsSet(record) as Readonly<Record<string, string>>;
}

function jwtAuthConfig(section: AuthValues['jwt']): JwtAuthConfig {
  return whatIsSet({
    algorithm: section.algorithm,
    secret: section.secret,
    keyFile: section.keyfile,
    jwksFile: section.jwksfile,
    usernameClaim: section.username_claim,
    clientIdClaim: section.clientid_claim,
    aclClaim: section.acl_claim,
    issuer: section.issuer,
    audience: section.audience,
    clockToleranceMs: section.clock_tolerance,
  });
}
