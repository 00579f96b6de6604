import { AuthError, type SourcePlace } from '../auth-error.ts';
import type { AclAction, AclRule, ClientCondition } from './acl-rule.ts';
import { AddressSet } from './address-set.ts';
import { parseTopicEntry, type TopicEntry } from './topic-entry.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What says for whom a rule is; a rule has one of them at most. */
const SUBJECTS = ['username', 'clientid', 'ipaddr', 'ipaddrs', 'and', 'or'] as const;
const FIELDS: ReadonlySet<string> = new Set(['permit', 'action', ...SUBJECTS, 'topics', 'source']);
const ACTIONS: readonly AclAction[] = ['publish', 'subscribe', 'pubsub'];
/** As a name: everyone, with or without one. */
const EVERYONE = '#';

/**
 * Checks rules as they stand in `auth.acl.rules`; `source` in a rule
 * is where it stands. One wrong rule refuses them all, because without it another rule would decide.
 * @param rules  not empty
 * @throws AuthError RULES_EMPTY, RULE_INVALID with the number of the rule and its place
 */
export function parseAclRules(rules: readonly unknown[]): readonly AclRule[] {
  // An empty list is more likely a lost file than a wish.
  if (rules.length === 0) throw new AuthError('RULES_EMPTY', 'it has no rule; without rules leave the section out');
  return rules.map((rule, i) => parseRule(rule, i + 1));
}

/** Says what is wrong with one rule. */
class RuleFault extends Error {}

function parseRule(rule: unknown, number: number): AclRule {
  const source = sourceOf(rule);
  try {
    if (!isFields(rule)) throw new RuleFault('must be an object');
    for (const field of Object.keys(rule)) {
      if (!FIELDS.has(field)) throw new RuleFault(`has a field that rules do not know: ${shown(field)}`);
    }
    const { permit, action = 'pubsub', topics } = rule;
    if (permit !== 'allow' && permit !== 'deny') throw new RuleFault('permit must be "allow" or "deny"');
    const known = ACTIONS.find((name) => name === action);
    if (known === undefined) throw new RuleFault('action must be "publish", "subscribe" or "pubsub"');
    const entries = topics === undefined ? null : topicsOf(topics);
    const text = textOf({ ...rule, action: known });
    return { number, permit, action: known, who: subjectOf(rule), topics: entries, source, text };
  } catch (error) {
    if (error instanceof RuleFault) throw new AuthError('RULE_INVALID', `rule ${number} ${error.message}`, source);
    throw error;
  }
}

function subjectOf(rule: Fields): ClientCondition {
  const given = SUBJECTS.filter((subject) => rule[subject] !== undefined);
  if (given.length > 1) throw new RuleFault(`has ${given.join(' and ')}; join conditions with "and" or "or"`);
  const [subject] = given;
  if (subject === undefined) return { kind: 'anyone' };
  if (subject === 'and' || subject === 'or') {
    const of = listOf(rule[subject], subject).map(conditionOf);
    return { kind: subject === 'and' ? 'all' : 'any', of };
  }
  return singleOf(subject, rule[subject]);
}

function conditionOf(condition: unknown): ClientCondition {
  const fields = isFields(condition) ? Object.entries(condition).filter(([, value]) => value !== undefined) : [];
  const [field, ...more] = fields;
  if (field === undefined || more.length > 0) throw new RuleFault('has a condition that is not one field');
  const [name, value] = field;
  if (name !== 'username' && name !== 'clientid' && name !== 'ipaddr') {
    throw new RuleFault('has a condition other than username, clientid and ipaddr');
  }
  return singleOf(name, value);
}

function singleOf(name: 'username' | 'clientid' | 'ipaddr' | 'ipaddrs', value: unknown): ClientCondition {
  if (name === 'ipaddrs')
    return addressesOf(
      listOf(value, name).map((entry) => textIn(entry, name)),
      name,
    );
  const text = textIn(value, name);
  if (name === 'ipaddr') {
    if (text.includes('/')) throw new RuleFault('has a network as ipaddr; networks go into ipaddrs');
    return addressesOf([text], name);
  }
  return text === EVERYONE ? { kind: 'anyone' } : { kind: name, value: text };
}

function addressesOf(entries: readonly string[], name: string): ClientCondition {
  try {
    return { kind: 'address', addresses: new AddressSet(entries) };
  } catch {
    throw new RuleFault(`${name} must be IP addresses${name === 'ipaddrs' ? ' or networks' : ''}`);
  }
}

function topicsOf(topics: unknown): TopicEntry[] {
  return listOf(topics, 'topics').map((entry) => {
    const text = textIn(entry, 'topics');
    const parsed = parseTopicEntry(text);
    if (typeof parsed === 'string') throw new RuleFault(`topics: ${shown(text)} ${parsed}`);
    return parsed;
  });
}

function listOf(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value) && value.length > 0) return value;
  throw new RuleFault(`${name} must be a list that is not empty`);
}

function textIn(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new RuleFault(`${name} must be a text that is not empty`);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sourceOf(rule: unknown): SourcePlace | null {
  const source = isFields(rule) ? rule.source : null;
  if (!isFields(source) || typeof source.file !== 'string' || typeof source.line !== 'number') return null;
  return { file: source.file, line: source.line };
}

function textOf(rule: Fields): string {
  const ordered = ['permit', 'action', ...SUBJECTS, 'topics'].flatMap((field) =>
    rule[field] === undefined ? [] : [[field, rule[field]] as const],
  );
  return JSON.stringify(Object.fromEntries(ordered));
}

/** For messages: quoted, so that control characters cannot forge lines of a log, and not endless. */
function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
