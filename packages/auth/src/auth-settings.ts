import type { SourcePlace } from './auth-error.ts';

/** One user. */
export interface UserSettings {
  readonly username: string;
  /** Plain, `$scrypt$...` or `$7$...`. */
  readonly password: string;
}

/** One of the requests of `auth.http_auth`. */
export interface HttpRequestSettings {
  /** `http:` or `https:`. */
  readonly url: string;
  readonly method: 'POST' | 'GET';
  readonly headers: Readonly<Record<string, string>>;
  /** Values with placeholders such as `%u`. */
  readonly params: Readonly<Record<string, string>>;
  /** Authorities for `https:` (PEM); absent = those of Node. */
  readonly certificateAuthorities?: string;
}

/** Section `auth.http_auth`. */
export interface HttpAuthSettings {
  /** Of a whole request, waiting for a connection included; 0 = as long as it takes. */
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  /** Most connections to each server. */
  readonly poolSize: number;
  /** How long a positive answer is remembered; 0 = not at all. */
  readonly cacheTtlMs: number;
  readonly authRequest: HttpRequestSettings | null;
  readonly superRequest: HttpRequestSettings | null;
  readonly aclRequest: HttpRequestSettings | null;
}

/** How a token may be signed. */
export type JwtAlgorithm =
  | 'HS256'
  | 'HS384'
  | 'HS512'
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA';

/** Section `auth.jwt`; one of `secret`, `keyFile`, `jwksFile`. */
export interface JwtSettings {
  /** The one algorithm; with `jwksFile` it may be absent, each key then names its own. */
  readonly algorithm?: JwtAlgorithm;
  readonly secret?: string;
  /** Public key, PEM. */
  readonly keyFile?: string;
  readonly jwksFile?: string;
  /** Claim with the user name; absent: that of CONNECT holds. */
  readonly usernameClaim?: string;
  /** Claim that must be the client identifier. */
  readonly clientIdClaim?: string;
  /** Claim `{pub: [filter, ...], sub: [filter, ...]}`. */
  readonly aclClaim: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly clockToleranceMs: number;
}

/** Section `auth`; what `@nanomq-ts/config` gives as `config.auth` has this form. */
export interface AuthSettings {
  /** Clients that show nothing at all may enter. Those that show something must be believed. */
  readonly allowAnonymous: boolean;
  /** The users decide about passwords; false: they are not looked at. */
  readonly usesPasswords: boolean;
  readonly users: readonly UserSettings[];
  readonly noMatch: 'allow' | 'deny';
  readonly denyAction: 'ignore' | 'disconnect';
  readonly acl: {
    /** False: neither rules nor `noMatch` are asked. */
    readonly enable: boolean;
    /** As in the file, each with its `source`. Empty where there is no list. */
    readonly rules: readonly (object & { readonly source?: SourcePlace | null })[];
  };
  readonly http: HttpAuthSettings | null;
  readonly jwt: JwtSettings | null;
  readonly peerCertAsUsername: 'off' | 'cn' | 'subject';
  /** A session belongs to the user name it began with. */
  readonly bindClientToUser: boolean;
  /** Retained messages go out only while their publisher may still publish them. Default false. */
  readonly recheckRetained?: boolean;
}

/** Nobody is known and everyone may do everything. */
export const OPEN_SETTINGS: AuthSettings = {
  allowAnonymous: true,
  usesPasswords: false,
  users: [],
  noMatch: 'allow',
  denyAction: 'ignore',
  acl: { enable: true, rules: [] },
  http: null,
  jwt: null,
  peerCertAsUsername: 'off',
  bindClientToUser: false,
};
