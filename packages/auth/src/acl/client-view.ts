import { type AclRule, appliesTo, type ClientNames } from './acl-rule.ts';
import type { Placeholder, Template, TopicEntry } from './topic-entry.ts';

const UNKNOWN = 0;
const APPLIES = 1;
const DOES_NOT = 2;

/** A rule with placeholders, looked at for names that could widen it. */
export interface GuardedRule {
  /** Index in the list of rules. */
  readonly rule: number;
  /** Those with a placeholder. */
  readonly entries: readonly TopicEntry[];
}

/** A value that a placeholder must not stand for. */
type Hazard = 'none' | 'dollar' | 'anywhere';

/**
 * What a list of rules means for one client: which rules are for it and what placeholders stand for. Worked out when it
 * is first asked for and kept as long as the client and the rules are the same.
 */
export class ClientView {
  readonly client: ClientNames;
  readonly #rules: readonly AclRule[];
  readonly #applies: Uint8Array;
  readonly #texts = new Map<Template, string | null>();
  readonly #firstWidened = new Map<readonly GuardedRule[], number>();
  readonly #hazards: Readonly<Record<Placeholder, Hazard>>;

  constructor(rules: readonly AclRule[], client: ClientNames) {
    const { clientId, username, remoteAddress } = client;
    this.client = { clientId, username, remoteAddress };
    this.#rules = rules;
    this.#applies = new Uint8Array(rules.length);
    this.#hazards = { clientid: hazardOf(clientId), username: hazardOf(username) };
  }

  /** Whether the rule at `index` is for this client. */
  applies(index: number): boolean {
    if (this.#applies[index] === UNKNOWN) {
      this.#applies[index] = appliesTo((this.#rules[index] as AclRule).who, this.client) ? APPLIES : DOES_NOT;
    }
    return this.#applies[index] === APPLIES;
  }

  /** What the template comes to, as it is and without a second look; null when the client has no such name. */
  textOf(template: Template): string | null {
    let text = this.#texts.get(template);
    if (text === undefined) {
      text = this.#fill(template);
      this.#texts.set(template, text);
    }
    return text;
  }

  /**
   * The first rule for this client that one of its names could make reach other topics than the author meant.
   * @param guarded  in the order of the rules
   * @returns Infinity when there is none
   */
  firstWidened(guarded: readonly GuardedRule[]): number {
    let first = this.#firstWidened.get(guarded);
    if (first === undefined) {
      const isWidened = ({ rule, entries }: GuardedRule): boolean =>
        this.applies(rule) && entries.some((entry) => this.#isWidened(entry));
      first = guarded.find(isWidened)?.rule ?? Number.POSITIVE_INFINITY;
      this.#firstWidened.set(guarded, first);
    }
    return first;
  }

  #isWidened({ placeholders, beginsWith }: TopicEntry): boolean {
    for (const name of placeholders) if (this.#hazards[name] === 'anywhere') return true;
    return beginsWith !== null && this.#hazards[beginsWith] === 'dollar';
  }

  #fill(template: Template): string | null {
    let text = '';
    for (const part of template) {
      const value = typeof part === 'string' ? part : this.#valueOf(part.placeholder);
      // An empty name would make topics that all nameless clients share.
      if (value === undefined || (value === '' && typeof part !== 'string')) return null;
      text += value;
    }
    return text;
  }

  #valueOf(placeholder: Placeholder): string | undefined {
    return placeholder === 'clientid' ? this.client.clientId : this.client.username;
  }
}

function hazardOf(value: string | undefined): Hazard {
  if (value === undefined) return 'none';
  if (value.includes('+') || value.includes('#') || value.includes('/')) return 'anywhere';
  return value.startsWith('$') ? 'dollar' : 'none';
}
