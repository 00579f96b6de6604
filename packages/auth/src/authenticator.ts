import type { AuthenticationRequest } from '@nanomq-ts/core';
import type { ClaimedRights } from './jwt/claimed-rights.ts';
import type { Reason } from './reason-code.ts';

/** What an authenticator makes of a CONNECT. */
export type Verdict =
  /** Not its business: the next one is asked. */
  | { readonly kind: 'ignore' }
  /** It is its business and nothing good: nobody else is asked. */
  | { readonly kind: 'refuse'; readonly reasonCode: Reason }
  | {
      readonly kind: 'admit';
      /** Stands for the user name of CONNECT. */
      readonly username: string | undefined;
      /** Milliseconds since 1970; absent = never. */
      readonly expiresAtMs?: number;
      /** The user is one of the list: when it leaves the list, the client has no rights any more. */
      readonly isListed?: boolean;
      /** What the client may do; absent = the rules decide. */
      readonly rights?: ClaimedRights;
    };

/** One way to know a client. It throws when it cannot tell, which refuses. */
export interface Authenticator {
  /** For logs. */
  readonly name: string;
  authenticate(request: AuthenticationRequest): Verdict | Promise<Verdict>;
}

/** It is for somebody else to say. */
export const IGNORE: Verdict = { kind: 'ignore' };
