import type { AuthenticationRequest } from '@nanomq-ts/core';
import { type Authenticator, IGNORE, type Verdict } from '../authenticator.ts';
import { Reason } from '../reason-code.ts';
import type { HttpAnswer, HttpAuthority } from './http-authority.ts';
import { type PortOf, placeholdersFor } from './http-client-facts.ts';

/** `auth_req`: a server decides about the user name and password. Who shows none is not its business. */
export class HttpAuthenticator implements Authenticator {
  readonly name = 'http';
  readonly #authority: HttpAuthority;
  readonly #portOf: PortOf;

  constructor(authority: HttpAuthority, portOf: PortOf) {
    this.#authority = authority;
    this.#portOf = portOf;
  }

  authenticate(request: AuthenticationRequest): Verdict | Promise<Verdict> {
    const { username, password } = request.connect;
    if (username === undefined && password === undefined) return IGNORE;
    const settled = (answer: HttpAnswer): Verdict => {
      if (answer === 'yes') return { kind: 'admit', username };
      return { kind: 'refuse', reasonCode: answer === 'no' ? Reason.NotAuthorized : Reason.ServerUnavailable };
    };
    const answer = this.#authority.ask(placeholdersFor(request, username, this.#portOf));
    return typeof answer === 'string' ? settled(answer) : answer.then(settled);
  }
}
