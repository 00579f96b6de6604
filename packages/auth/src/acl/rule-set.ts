import type { AclRule, ClientNames } from './acl-rule.ts';
import { ClientView, type GuardedRule } from './client-view.ts';
import { receivableFilters } from './receivable-filters.ts';
import type { Template, TopicEntry } from './topic-entry.ts';
import { NO_RULE, TopicIndex } from './topic-index.ts';

/** What may be asked. `receive`: whether a message of a topic may reach a client, however it subscribed. */
export type Question = 'publish' | 'subscribe' | 'receive';

/** An outcome and what brought it about. */
export interface Decision {
  readonly isAllowed: boolean;
  /** The rule that decides; null: none matches, so `no_match` does. */
  readonly rule: AclRule | null;
  /** The rule would allow, but a name of the client could widen its placeholder: denied outright. */
  readonly isNameRefused: boolean;
}

/** Rules that one question has to do with. */
interface QuestionIndex {
  readonly topics: TopicIndex;
  readonly guarded: readonly GuardedRule[];
}

/**
 * Checked rules, compiled: the first that matches decides, none at all leaves it to `noMatch`. Immutable, so that a
 * change of the rules is a new set.
 */
export class RuleSet {
  readonly rules: readonly AclRule[];
  readonly noMatch: 'allow' | 'deny';
  /** Whether anybody is ever refused to publish. */
  readonly restrictsPublish: boolean;
  /** Whether anybody is ever refused to subscribe or receive. */
  readonly restrictsSubscribe: boolean;
  readonly #indexes: Readonly<Record<Question, QuestionIndex>>;

  constructor(rules: readonly AclRule[], noMatch: 'allow' | 'deny') {
    this.rules = rules;
    this.noMatch = noMatch;
    this.#indexes = {
      publish: indexFor(rules, 'publish'),
      subscribe: indexFor(rules, 'subscribe'),
      receive: indexFor(rules, 'receive'),
    };
    this.restrictsPublish = this.#restricts('subscribe');
    this.restrictsSubscribe = this.#restricts('publish');
  }

  /** What the rules mean for a client; may be kept for as long as both stay the same. */
  viewOf(client: ClientNames): ClientView {
    return new ClientView(this.rules, client);
  }

  /**
   * @param view   of this set
   * @param topic  a topic name, for `subscribe` the topic filter; `$share/name/` in front of one hides nothing
   */
  isAllowed(view: ClientView, question: Question, topic: string): boolean {
    return this.decide(view, question, topic).isAllowed;
  }

  /** As `isAllowed`, with the rule that decides. */
  decide(view: ClientView, question: Question, topic: string): Decision {
    const { topics, guarded } = this.#indexes[question];
    let first = topics.first(topic, view, NO_RULE);
    if (question === 'subscribe') {
      const filter = withoutShare(topic);
      if (filter !== topic) first = topics.first(filter, view, first);
    }
    const widened = view.firstWidened(guarded);
    if (widened < NO_RULE && widened <= first) {
      return { isAllowed: false, rule: this.rules[widened] as AclRule, isNameRefused: true };
    }
    if (first === NO_RULE) return { isAllowed: this.noMatch === 'allow', rule: null, isNameRefused: false };
    const rule = this.rules[first] as AclRule;
    return { isAllowed: rule.permit === 'allow', rule, isNameRefused: false };
  }

  /** @param other  the action whose rules do not count */
  #restricts(other: 'publish' | 'subscribe'): boolean {
    if (this.noMatch === 'deny') return true;
    return this.rules.some(({ permit, action, topics }) => {
      if (action === other) return false;
      return permit === 'deny' || (topics ?? []).some(({ placeholders }) => placeholders.size > 0);
    });
  }
}

function indexFor(rules: readonly AclRule[], question: Question): QuestionIndex {
  const topics = new TopicIndex();
  const guarded: GuardedRule[] = [];
  const excluded = question === 'publish' ? 'subscribe' : 'publish';
  for (const [rule, { action, topics: entries, permit }] of rules.entries()) {
    if (action === excluded) continue;
    if (entries === null) {
      topics.addEverywhere(rule);
      continue;
    }
    // Who may subscribe to a filter may receive what it brings.
    if (question === 'receive' && permit === 'allow') addReceivable(topics, entries, rule);
    else addAsTheyAre(topics, entries, rule);
    const risky = entries.filter(({ placeholders }) => placeholders.size > 0);
    if (risky.length > 0) guarded.push({ rule, entries: risky });
  }
  return { topics, guarded };
}

function addAsTheyAre(topics: TopicIndex, entries: readonly TopicEntry[], rule: number): void {
  for (const entry of entries) {
    if (entry.isExact) topics.addExact(entry.levels[0] as Template, rule);
    else topics.addFilter(entry.levels, rule);
  }
}

function addReceivable(topics: TopicIndex, entries: readonly TopicEntry[], rule: number): void {
  for (const entry of entries) for (const levels of receivableFilters(entry)) topics.addFilter(levels, rule);
}

/** The filter that topics are matched against. */
function withoutShare(topicFilter: string): string {
  if (!topicFilter.startsWith('$share/')) return topicFilter;
  const nameEnd = topicFilter.indexOf('/', '$share/'.length);
  return nameEnd < 0 ? topicFilter : topicFilter.slice(nameEnd + 1);
}
