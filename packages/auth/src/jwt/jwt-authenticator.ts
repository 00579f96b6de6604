import type { AuthenticationRequest } from '@nanomq-ts/core';
import type { JwtSettings } from '../auth-settings.ts';
import { type Authenticator, IGNORE, type Verdict } from '../authenticator.ts';
import { refuseCredentials } from '../authenticator-chain.ts';
import { ClaimedRights } from './claimed-rights.ts';
import { type JwtKey, loadJwtKeys } from './jwt-keys.ts';
import { type Claims, looksLikeToken, verifiedClaims } from './verify-token.ts';

/**
 * A signed token in place of the password. What is no token is for the next authenticator; a token that is not good is
 * for nobody. `exp` is required: with it the connection ends.
 */
export class JwtAuthenticator implements Authenticator {
  readonly name = 'jwt';
  /** As they were read when it was made. */
  readonly keys: readonly JwtKey[];
  readonly #settings: JwtSettings;
  readonly #nowMs: () => number;

  /** @throws AuthError KEY_INVALID, FILE_UNREADABLE */
  constructor(settings: JwtSettings, nowMs: () => number) {
    this.#settings = settings;
    this.keys = loadJwtKeys(settings);
    this.#nowMs = nowMs;
  }

  authenticate(request: AuthenticationRequest): Verdict {
    const { connect } = request;
    const { password } = connect;
    if (password === undefined || !looksLikeToken(password)) return IGNORE;
    const claims = verifiedClaims(password.toString('latin1'), this.keys);
    return (claims === null ? null : this.#admit(claims, request)) ?? refuseCredentials(connect);
  }

  /** null: the token is not for this client, this broker or this time. */
  #admit(claims: Claims, { connect, clientId }: AuthenticationRequest): Verdict | null {
    const { usernameClaim, clientIdClaim, aclClaim, clockToleranceMs } = this.#settings;
    const untilMs = this.#validUntilMs(claims);
    if (untilMs === null || !this.#isFromHere(claims)) return null;
    // The identifier the client sent: one that the broker assigned is nobody's.
    if (clientIdClaim !== undefined && (claims[clientIdClaim] !== clientId || connect.clientId === '')) return null;
    let { username } = connect;
    if (usernameClaim !== undefined) {
      const claimed = claims[usernameClaim];
      if (typeof claimed !== 'string' || claimed === '') return null;
      if (username !== undefined && username !== '' && username !== claimed) return null;
      username = claimed;
    }
    const expiresAtMs = untilMs + clockToleranceMs;
    if (claims[aclClaim] === undefined) return { kind: 'admit', username, expiresAtMs };
    const rights = ClaimedRights.from(claims[aclClaim]);
    return rights === null ? null : { kind: 'admit', username, expiresAtMs, rights };
  }

  /** `exp` in milliseconds; null when the token is not valid now. */
  #validUntilMs({ exp, nbf }: Claims): number | null {
    const { clockToleranceMs } = this.#settings;
    const nowMs = this.#nowMs();
    if (typeof exp !== 'number' || !Number.isFinite(exp)) return null;
    if (nowMs >= exp * 1000 + clockToleranceMs) return null;
    if (nbf === undefined) return exp * 1000;
    return typeof nbf === 'number' && nowMs + clockToleranceMs >= nbf * 1000 ? exp * 1000 : null;
  }

  #isFromHere({ iss, aud }: Claims): boolean {
    const { issuer, audience } = this.#settings;
    if (issuer !== undefined && iss !== issuer) return false;
    if (audience === undefined) return true;
    return Array.isArray(aud) ? aud.includes(audience) : aud === audience;
  }
}
