import type { Request, Response } from 'express';
import passport from 'passport';
import type { HttpServerOptions, JwtOptions } from '../admin-options.ts';
import type { Failure } from '../http/failure.ts';
import { readBearer } from './authorization-header.ts';
import { WholePasswordStrategy } from './basic-strategy.ts';
import { isSameText } from './same-text.ts';
import { createTokenCheck, type TokenCheck } from './token-check.ts';

/** Why a caller is not let in: the row to answer with, and what to say. */
export interface CallerFault {
  readonly row: Failure;
  readonly text: string;
}

const NONE: CallerFault = { row: 'EMPTY_CREDENTIALS', text: 'Authorization: user and password are required' };
const NO_TOKEN: CallerFault = { row: 'EMPTY_CREDENTIALS', text: 'Authorization: a bearer token is required' };
const WRONG: CallerFault = { row: 'WRONG_CREDENTIALS', text: 'Authorization: wrong user name or password' };
/** passport answers only when it is given no callback. */
const NO_RESPONSE = {} as Response;

/** Knows callers by Basic or by a JSON web token, as the options say at the time of the request. */
export class CallerCheck {
  readonly #options: () => HttpServerOptions;
  readonly #nowMs: () => number;
  readonly #passport = new passport.Passport();
  #token: { readonly jwt: JwtOptions; readonly check: TokenCheck } | null = null;

  constructor(options: () => HttpServerOptions, nowMs: () => number) {
    this.#options = options;
    this.#nowMs = nowMs;
    this.#passport.use('basic', new WholePasswordStrategy((username, password) => this.#isAdmin(username, password)));
  }

  /** Makes what the options need. @throws Error when the JWT key is missing or unusable */
  prepare(options: HttpServerOptions): void {
    if (options.authType !== 'jwt') return;
    if (options.jwt === null) throw new Error('http_server.auth_type is jwt, but http_server.jwt has no key');
    this.#token = { jwt: options.jwt, check: createTokenCheck(options.jwt, this.#nowMs) };
  }

  /** @returns why the caller is not let in, null when it is */
  async faultOf(request: Request): Promise<CallerFault | null> {
    switch (this.#options().authType) {
      case 'no_auth':
        return null;
      case 'jwt':
        return this.#tokenFault(request);
      case 'basic':
        return this.#basicFault(request);
    }
  }

  #tokenFault(request: Request): CallerFault | null {
    const header = readBearer(request.headers.authorization);
    if (header.kind !== 'given' || this.#token === null) return NO_TOKEN;
    const verdict = this.#token.check(header.credentials);
    if (verdict.kind === 'good') return null;
    const row = verdict.kind === 'expired' ? 'TOKEN_EXPIRED' : 'WRONG_CREDENTIALS';
    return { row, text: `Authorization: ${verdict.reason}` };
  }

  #basicFault({ headers }: Request): Promise<CallerFault | null> {
    // Not the request itself: passport makes functions on the strategy, for which V8 takes memory of the old generation, so
    // that what they can reach outlives scavenges.
    const seen = { headers } as Request;
    return new Promise((resolve, reject) => {
      const answer: passport.AuthenticateCallback = (error, user, challenge) => {
        if (error) reject(error);
        else if (user) resolve(null);
        else resolve(String(challenge) === 'absent' ? NONE : WRONG);
      };
      this.#passport.authenticate('basic', { session: false }, answer)(seen, NO_RESPONSE, reject);
    });
  }

  #isAdmin(username: string, password: string): boolean {
    const options = this.#options();
    // Both are always compared: the time must not tell which one was right.
    const isUser = isSameText(username, options.username);
    const isPassword = isSameText(password, options.password);
    return isUser && isPassword;
  }
}
