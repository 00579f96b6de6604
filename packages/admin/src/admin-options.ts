import type { AdminPort, Logger, TurnQueue } from '@nanomq-ts/core';
import type { AclPort } from './ports/acl-port.ts';
import type { BanPort } from './ports/ban-port.ts';
import type { BridgePort } from './ports/bridge-port.ts';
import type { BrokerIdentity, ConfigPort } from './ports/config-port.ts';
import type { ListenerPort } from './ports/listener-port.ts';
import type { PemPort } from './ports/pem-port.ts';
import type { UserPort } from './ports/user-port.ts';

/** How a caller is known. */
export type AuthType = 'basic' | 'jwt' | 'no_auth';

/** Section `http_server` of the configuration. */
export interface HttpServerOptions {
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly authType: AuthType;
  /** Requests handled at once; more wait. */
  readonly maxConcurrentRequests: number;
  readonly maxBodyBytes: number;
  readonly jwt: JwtOptions | null;
  /** v1 shows "******" in place of secrets, and takes it as "unchanged". */
  readonly redactSecrets: boolean;
}

/** Exactly one key is used: the algorithm is pinned to it. */
export interface JwtOptions {
  readonly algorithm: 'RS256' | 'ES256' | 'EdDSA' | 'HS256';
  /** PEM public key, or the secret for HS256. */
  readonly key: string;
  /** Required `iss`: for a key file its base name; '' = not checked. */
  readonly issuer: string;
}

/** Parts of the broker that may be missing: what concerns one then answers 501/111. */
export interface OptionalParts {
  readonly users?: UserPort;
  readonly acl?: AclPort;
  readonly bans?: BanPort;
  readonly listeners?: ListenerPort;
  readonly bridges?: BridgePort;
  /** Without it PEM texts are refused (400/108). */
  readonly pem?: PemPort;
}

/** What the admin server stands on. */
export interface AdminParts extends OptionalParts {
  readonly options: HttpServerOptions;
  readonly admin: AdminPort;
  readonly config: ConfigPort;
  readonly identity: BrokerIdentity;
  readonly logger: Logger;
  readonly nowMs: () => number;
  /** The turns in which requests get on, one step of one request in each: messages wait for no more than that. */
  readonly steps: TurnQueue;
}
