import type { Access, Admission, AuthenticationRequest, Logger, Principal } from '@nanomq-ts/core';
import { type AccessChanges, changesBetween, mayStay } from './access-changes.ts';
import { type AclExplanation, type AclQuestion, explain } from './acl/explain.ts';
import type { Question } from './acl/rule-set.ts';
import type { AuthSettings } from './auth-settings.ts';
import type { Verdict } from './authenticator.ts';
import { ClientIdentity } from './client-identity.ts';
import { type CompiledSettings, type CompileParts, compileSettings } from './compile-settings.ts';
import { type PortOf, placeholdersFor } from './http/http-client-facts.ts';
import { HashWorkers } from './passwords/hash-workers.ts';
import { Reason } from './reason-code.ts';

/** What access rules stand on. */
export interface AccessRulesParts {
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** For `%p`. Default: no listener has a port. */
  readonly portOf?: PortOf;
  /** How long a hashed password that was found good is not hashed again; 0 = never. Default 5 minutes. */
  readonly credentialCacheTtlMs?: number;
  readonly workers?: HashWorkers;
}

const CREDENTIAL_CACHE_TTL_MS = 5 * 60_000;

/**
 * Users and rules behind core's Access port. `replace` puts others in their place while clients are connected, all or
 * nothing; what was decided before holds no longer than that.
 */
export class AccessRules implements Access {
  readonly #parts: CompileParts;
  readonly #listeners: (() => void)[] = [];
  #current: CompiledSettings;
  #generation = 0;
  /** Some client may carry rights of its own, also when tokens are not taken any more. */
  #hasClaims = false;
  /** Some client may be connected as a user that is not in the list any more. */
  #hasGoneUsers = false;

  /** @throws AuthError of any code */
  constructor(settings: AuthSettings, parts: AccessRulesParts) {
    const { logger, nowMs, portOf = () => undefined, credentialCacheTtlMs = CREDENTIAL_CACHE_TTL_MS } = parts;
    this.#parts = { logger, nowMs, portOf, credentialCacheTtlMs, workers: parts.workers ?? new HashWorkers() };
    this.#current = compileSettings(settings, this.#parts);
    this.#hasClaims = settings.jwt !== null;
    warnOfUnprovenNames(settings, logger);
  }

  get checksPublish(): boolean {
    const { ruleSet, http } = this.#current;
    return ruleSet?.restrictsPublish === true || http !== null || this.#hasClaims || this.#hasGoneUsers;
  }

  /** A server may answer otherwise each time; it is remembered by `cacheTtlMs`. */
  get decisionsHold(): boolean {
    return this.#current.http === null;
  }

  get denyAction(): 'ignore' | 'disconnect' {
    return this.#current.settings.denyAction;
  }

  get checksReceive(): boolean {
    return this.#current.ruleSet?.restrictsSubscribe === true || this.#hasClaims || this.#hasGoneUsers;
  }

  get checksResume(): boolean {
    return this.checksReceive || this.#current.http !== null;
  }

  get checksRetainedPublisher(): boolean {
    return this.#current.settings.recheckRetained === true && this.checksPublish;
  }

  /** Users in the list and rules, for who shows them. */
  get counts(): { readonly users: number; readonly rules: number } {
    return { users: this.#current.users.size, rules: this.#current.rules.length };
  }

  authenticate(request: AuthenticationRequest): number | Admission | Promise<number | Admission> {
    const generation = this.#generation;
    const verdict = this.#current.chain.authenticate(request);
    if (!(verdict instanceof Promise)) return this.#admissionFor(request, verdict);
    return verdict.then((settled) => {
      // Users were replaced while the answer was open: it is asked again by those that hold.
      return generation === this.#generation ? this.#admissionFor(request, settled) : this.authenticate(request);
    });
  }

  publish(principal: Principal, topicName: string): number | Promise<number> {
    return this.#authorize(principal, 'publish', topicName);
  }

  subscribe(principal: Principal, topicFilter: string): number | Promise<number> {
    return this.#authorize(principal, 'subscribe', topicFilter);
  }

  receive(principal: Principal, topicName: string): boolean {
    return this.#isAllowed(principal, 'receive', topicName);
  }

  /** By rules and claims alone: no server is asked about every retained message. */
  mayStillPublish(publisher: Principal, topicName: string): boolean {
    return this.#isAllowed(publisher, 'publish', topicName);
  }

  takeOver(principal: Principal, holder: Principal): boolean {
    return !this.#current.settings.bindClientToUser || principal.username === holder.username;
  }

  onChanged(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Names the rule that decides. Tokens and servers are not asked. */
  explain(question: AclQuestion): AclExplanation {
    return explain(this.#current.ruleSet, question);
  }

  /**
   * Puts other users and rules in place of these, or changes nothing.
   * @throws AuthError of any code; what held before still holds
   */
  replace(settings: AuthSettings): AccessChanges {
    return this.prepare(settings)();
  }

  /**
   * Checks other users and rules; these stay until the answer is called, once, or for good when it is not.
   * @throws AuthError of any code
   */
  prepare(settings: AuthSettings): () => AccessChanges {
    const now = compileSettings(settings, this.#parts);
    return () => this.#use(settings, now);
  }

  /** Closes the connections to servers; what they have not answered is refused. */
  close(): void {
    for (const authority of this.#current.authorities) authority.close();
  }

  #use(settings: AuthSettings, now: CompiledSettings): AccessChanges {
    const former = this.#current;
    const changes = changesBetween(former, now);
    this.#current = now;
    this.#generation++;
    this.#hasClaims ||= settings.jwt !== null;
    const isListSwitched = former.settings.usesPasswords !== settings.usesPasswords;
    this.#hasGoneUsers ||= changes.users.removed.length > 0 || isListSwitched;
    for (const authority of former.authorities) authority.retire();
    for (const listener of this.#listeners) listener();
    warnOfUnprovenNames(settings, this.#parts.logger);
    return changes;
  }

  #admissionFor(request: AuthenticationRequest, verdict: Verdict): number | Admission {
    if (verdict.kind === 'ignore') return Reason.NotAuthorized;
    if (verdict.kind === 'refuse') return verdict.reasonCode;
    const { username, expiresAtMs, rights = null, isListed = false } = verdict;
    const { clientId, remoteAddress } = request;
    const { P, ...placeholders } = placeholdersFor(request, username, this.#parts.portOf);
    const isPasswordNeeded = this.#current.http?.usesPassword === true && P !== undefined;
    const kept = isPasswordNeeded ? { ...placeholders, P: Buffer.from(P) } : placeholders;
    const identity = new ClientIdentity({ clientId, username, remoteAddress }, rights, kept, isListed);
    return { reasonCode: Reason.Success, username, identity, ...(expiresAtMs === undefined ? {} : { expiresAtMs }) };
  }

  #authorize(principal: Principal, action: 'publish' | 'subscribe', topic: string): number | Promise<number> {
    if (!this.#isAllowed(principal, action, topic)) return Reason.NotAuthorized;
    const { http } = this.#current;
    const identity = identityOf(principal);
    if (http === null || (identity !== null && identity.rights !== null)) return Reason.Success;
    const { clientId: c, username: u, remoteAddress: a } = principal;
    const generation = this.#generation;
    const answer = http.authorize(identity?.placeholders ?? { c, u, a }, action, topic);
    if (typeof answer === 'number') return answer;
    // As with CONNECT: what others decided while the answer was open holds.
    return answer.then((code) => (generation === this.#generation ? code : this.#authorize(principal, action, topic)));
  }

  /** By what is known here: the list of users, the client's own rights, the rules. */
  #isAllowed(principal: Principal, question: Question, topic: string): boolean {
    const { ruleSet } = this.#current;
    const identity = identityOf(principal);
    if (identity?.isListed === true && !mayStay(identity.names.username ?? '', this.#current)) return false;
    if (identity !== null && identity.rights !== null) {
      return identity.rights.isAllowed(identity.rightsView(identity.rights), question, topic);
    }
    if (ruleSet === null) return true;
    const view = identity === null ? ruleSet.viewOf(principal) : identity.viewOf(ruleSet);
    return ruleSet.isAllowed(view, question, topic);
  }
}

function identityOf({ identity = null }: Principal): ClientIdentity | null {
  return identity instanceof ClientIdentity ? identity : null;
}

/** Rules for names are worth no more than the names. */
function warnOfUnprovenNames(settings: AuthSettings, logger: Logger): void {
  const { jwt, acl, usesPasswords, http, peerCertAsUsername } = settings;
  const isAnyProven = usesPasswords || jwt !== null || http?.authRequest != null || peerCertAsUsername !== 'off';
  if (acl.enable && acl.rules.length > 0 && !isAnyProven) {
    logger.warn(
      {},
      'nothing checks user names (no auth.password, auth.jwt, auth.http_auth): rules believe any of them',
    );
  }
  if (jwt !== null && jwt.usernameClaim === undefined) {
    logger.warn({}, 'auth.jwt.username_claim is not set: whoever has a token may give any user name');
  }
}
