import type { AclExplanation, AclPort, AclQuestion, AclRulePlace } from '@nanomq-ts/admin';
import { AccessRules, OPEN_SETTINGS } from '@nanomq-ts/auth';
import type { AuthConfig } from '@nanomq-ts/config';
import { silentLogger } from '../silent-logger.ts';

/** The access rules of a configuration as the administration sees them: by themselves, in whatever thread they decide. */
export class AclControl implements AclPort {
  readonly #auth: () => AuthConfig;
  #compiled: { readonly auth: AuthConfig; readonly rules: AccessRules } | null = null;

  /** @param auth  section `auth` of the configuration that holds now */
  constructor(auth: () => AuthConfig) {
    this.#auth = auth;
  }

  async places(): Promise<readonly (AclRulePlace | null)[]> {
    return this.#auth().acl.rules.map(({ source }) =>
      source === null ? null : { file: source.file, line: source.line },
    );
  }

  async explain(question: AclQuestion): Promise<AclExplanation> {
    const { isAllowed, rule, text } = this.#rules().explain(question);
    if (rule === null) return { isAllowed, rule, text };
    const place = rule.source === null ? null : { file: rule.source.file, line: rule.source.line };
    return { isAllowed, rule: { number: rule.number, place, text: rule.text }, text };
  }

  #rules(): AccessRules {
    const auth = this.#auth();
    if (this.#compiled?.auth !== auth) {
      const { acl, noMatch } = auth;
      const rules = new AccessRules({ ...OPEN_SETTINGS, acl, noMatch }, { logger: silentLogger, nowMs: () => 0 });
      this.#compiled = { auth, rules };
    }
    return this.#compiled.rules;
  }
}
