import type { AuthenticationRequest, Logger } from '@nanomq-ts/core';
import type { Authenticator, Verdict } from './authenticator.ts';
import { Reason } from './reason-code.ts';

/**
 * Asks one authenticator after the other until one knows the client. An end without an answer refuses: an authenticator
 * that fails, and credentials that nobody knows. Only who shows nothing at all is anonymous.
 */
export class AuthenticatorChain {
  readonly #authenticators: readonly Authenticator[];
  readonly #allowAnonymous: boolean;
  readonly #logger: Logger;

  constructor(authenticators: readonly Authenticator[], allowAnonymous: boolean, logger: Logger) {
    this.#authenticators = authenticators;
    this.#allowAnonymous = allowAnonymous;
    this.#logger = logger;
  }

  /** At once when every authenticator that is asked answers at once. */
  authenticate(request: AuthenticationRequest): Verdict | Promise<Verdict> {
    return this.#from(0, request);
  }

  #from(first: number, request: AuthenticationRequest): Verdict | Promise<Verdict> {
    for (let i = first; i < this.#authenticators.length; i++) {
      const verdict = this.#ask(this.#authenticators[i] as Authenticator, request);
      if (verdict instanceof Promise) {
        return verdict.then((settled) => (settled.kind === 'ignore' ? this.#from(i + 1, request) : settled));
      }
      if (verdict.kind !== 'ignore') return verdict;
    }
    return this.#end(request);
  }

  #ask(authenticator: Authenticator, request: AuthenticationRequest): Verdict | Promise<Verdict> {
    const failed = (err: unknown): Verdict => {
      const { clientId, remoteAddress } = request;
      this.#logger.error({ clientId, remoteAddress, authenticator: authenticator.name, err }, 'authentication failed');
      return { kind: 'refuse', reasonCode: Reason.ServerUnavailable };
    };
    try {
      const verdict = authenticator.authenticate(request);
      return verdict instanceof Promise ? verdict.catch(failed) : verdict;
    } catch (error) {
      return failed(error);
    }
  }

  #end({ connect }: AuthenticationRequest): Verdict {
    const { username, password } = connect;
    const admitted: Verdict = { kind: 'admit', username };
    // Where nobody is known, nothing can be wrong: who is there is anonymous whatever he says of himself.
    if (this.#authenticators.length === 0 && this.#allowAnonymous) return admitted;
    if (username === undefined && password === undefined) {
      return this.#allowAnonymous ? admitted : { kind: 'refuse', reasonCode: Reason.BadUserNameOrPassword };
    }
    return { kind: 'refuse', reasonCode: wrongCredentials(connect) };
  }
}

/** What a client is told whose credentials are wrong: 0x86, in 3.x return code 5 as NanoMQ has it. */
export function wrongCredentials({ protocolVersion, password, username }: AuthenticationRequest['connect']): Reason {
  if (username === undefined || password === undefined) return Reason.BadUserNameOrPassword;
  return protocolVersion === 5 ? Reason.BadUserNameOrPassword : Reason.NotAuthorized;
}

/** Refuses credentials that were looked at. */
export function refuseCredentials(connect: AuthenticationRequest['connect']): Verdict {
  return { kind: 'refuse', reasonCode: wrongCredentials(connect) };
}
