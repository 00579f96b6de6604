import type { Position } from './origin.ts';
import type { CheckedAclRule } from './schema/acl-rules.ts';
import type { CERTIFICATE_NAMES } from './schema/auth-section.ts';
import type { CLIENT_JWT_ALGORITHMS } from './schema/jwt-auth-section.ts';

/** One entry of `auth.password`. */
export interface UserConfig {
  readonly username: string;
  /** Plain, or hashed as `nanomq passwd` and `mosquitto_passwd` write it. */
  readonly password: string;
}

/** One entry of `auth.acl.rules`: the fields of the file, `action` filled in, and where it stands. */
export type AclRuleConfig = Readonly<CheckedAclRule> & {
  /** Null when it came from no file. */
  readonly source: Position | null;
};

/** One of the three requests of `auth.http_auth`. */
export interface HttpRequestConfig {
  readonly url: string;
  readonly method: 'POST' | 'GET';
  readonly headers: Readonly<Record<string, string>>;
  /** Values with placeholders such as `%u`. */
  readonly params: Readonly<Record<string, string>>;
}

/** Section `auth.http_auth`; at least one of `authRequest` and `aclRequest` is there. */
export interface HttpAuthConfig {
  /** 0: as long as it takes. */
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly poolSize: number;
  /** 0: nothing is remembered. */
  readonly cacheTtlMs: number;
  readonly authRequest: HttpRequestConfig | null;
  readonly superRequest: HttpRequestConfig | null;
  readonly aclRequest: HttpRequestConfig | null;
}

/** Section `auth.jwt`; of `secret`, `keyFile` and `jwksFile` one is there. */
export interface JwtAuthConfig {
  /** Absent only with `jwksFile`: each key then has its own. */
  readonly algorithm?: (typeof CLIENT_JWT_ALGORITHMS)[number];
  readonly secret?: string;
  /** PEM, relative to the working directory of the process. */
  readonly keyFile?: string;
  readonly jwksFile?: string;
  readonly usernameClaim?: string;
  readonly clientIdClaim?: string;
  readonly aclClaim: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly clockToleranceMs: number;
}

/** Section `auth`: who may enter and do what. */
export interface AuthConfig {
  readonly allowAnonymous: boolean;
  /** The users decide about a password; false: they are not looked at. */
  readonly usesPasswords: boolean;
  readonly users: readonly UserConfig[];
  readonly noMatch: 'allow' | 'deny';
  readonly denyAction: 'ignore' | 'disconnect';
  readonly acl: {
    /** False: everything is allowed, whatever `noMatch` says. */
    readonly enable: boolean;
    readonly rules: readonly AclRuleConfig[];
  };
  /** Null: off. */
  readonly http: HttpAuthConfig | null;
  /** Null: off. */
  readonly jwt: JwtAuthConfig | null;
  readonly peerCertAsUsername: (typeof CERTIFICATE_NAMES)[number];
  readonly bindClientToUser: boolean;
  /** Retained messages go out only while their publisher may still publish them. */
  readonly recheckRetained: boolean;
}
