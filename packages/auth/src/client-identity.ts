import type { ClientNames } from './acl/acl-rule.ts';
import type { ClientView } from './acl/client-view.ts';
import type { RuleSet } from './acl/rule-set.ts';
import type { PlaceholderValues } from './http/http-question.ts';
import type { ClaimedRights } from './jwt/claimed-rights.ts';

/** What is remembered of a client from its CONNECT until its next one. The core carries it and looks at nothing. */
export class ClientIdentity {
  readonly names: ClientNames;
  /** Null: the rules decide. */
  readonly rights: ClaimedRights | null;
  readonly placeholders: PlaceholderValues;
  /** The user name came from the list of users. */
  readonly isListed: boolean;
  #rules: RuleSet | null = null;
  #view: ClientView | null = null;
  #rightsView: ClientView | null = null;

  constructor(names: ClientNames, rights: ClaimedRights | null, placeholders: PlaceholderValues, isListed: boolean) {
    this.names = names;
    this.rights = rights;
    this.placeholders = placeholders;
    this.isListed = isListed;
  }

  /** What the rules mean for the client; kept until other rules are asked for. */
  viewOf(rules: RuleSet): ClientView {
    if (this.#view === null || this.#rules !== rules) {
      this.#rules = rules;
      this.#view = rules.viewOf(this.names);
    }
    return this.#view;
  }

  /** What its own rights mean for the client. */
  rightsView(rights: ClaimedRights): ClientView {
    this.#rightsView ??= rights.viewOf(this.names);
    return this.#rightsView;
  }
}
