import type { ClientNames } from '../acl/acl-rule.ts';
import type { ClientView } from '../acl/client-view.ts';
import { parseAclRules } from '../acl/parse-acl-rules.ts';
import { type Question, RuleSet } from '../acl/rule-set.ts';

/** More filters than any token needs; a token is small, but what it costs to compile should be, too. */
const MAX_FILTERS = 1000;

/**
 * What a token says that its holder may do: the topic filters of its lists `pub` and `sub`, with the placeholders of
 * rules, and nothing else. An absent list is an empty one.
 */
export class ClaimedRights {
  readonly #rules: RuleSet;

  /** @returns null when the claim is not of that form @param claim  `{pub: [filter, ...], sub: [filter, ...]}` */
  static from(claim: unknown): ClaimedRights | null {
    if (typeof claim !== 'object' || claim === null || Array.isArray(claim)) return null;
    const { pub = [], sub = [], ...more } = claim as Record<string, unknown>;
    if (Object.keys(more).length > 0 || !isTextList(pub) || !isTextList(sub)) return null;
    const rules = [
      ...(pub.length > 0 ? [{ permit: 'allow', action: 'publish', topics: pub }] : []),
      ...(sub.length > 0 ? [{ permit: 'allow', action: 'subscribe', topics: sub }] : []),
    ];
    try {
      return new ClaimedRights(new RuleSet(rules.length === 0 ? [] : parseAclRules(rules), 'deny'));
    } catch {
      return null;
    }
  }

  private constructor(rules: RuleSet) {
    this.#rules = rules;
  }

  viewOf(client: ClientNames): ClientView {
    return this.#rules.viewOf(client);
  }

  /** @param view  of these rights */
  isAllowed(view: ClientView, question: Question, topic: string): boolean {
    return this.#rules.isAllowed(view, question, topic);
  }
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= MAX_FILTERS && value.every((entry) => typeof entry === 'string');
}
