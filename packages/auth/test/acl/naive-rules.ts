// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of rules look so
import { naiveMatch } from '@nanomq-ts/testkit';
import type { ClientNames } from '../../src/acl/acl-rule.ts';
import type { Question } from '../../src/acl/rule-set.ts';

/** A rule as it stands in the file, as far as the oracle reads it. */
export interface PlainRule {
  readonly permit: 'allow' | 'deny';
  readonly action: 'publish' | 'subscribe' | 'pubsub';
  readonly username?: string | undefined;
  readonly topics?: readonly string[] | undefined;
}

/**
 * Whether rules admit something, written from the reference of the configuration (9.2) and for nothing but clearness:
 * the oracle of the rule set.
 * @param topic  for `subscribe` a topic filter
 * @returns null when no rule decides
 */
export function naiveDecision(
  rules: readonly PlainRule[],
  client: ClientNames,
  question: Question,
  topic: string,
): boolean | null {
  for (const rule of rules) {
    if (rule.action === (question === 'publish' ? 'subscribe' : 'publish')) continue;
    if (rule.username !== undefined && rule.username !== '#' && rule.username !== client.username) continue;
    if (rule.topics === undefined) return rule.permit === 'allow';
    if (rule.topics.some((entry) => isWidened(entry, client))) return false;
    const grantsReceiving = question === 'receive' && rule.permit === 'allow';
    if (rule.topics.some((entry) => matches(entry, client, question, topic, grantsReceiving))) {
      return rule.permit === 'allow';
    }
  }
  return null;
}

function isWidened(entry: string, { clientId, username }: ClientNames): boolean {
  const values = [
    ...(entry.includes('${clientid}') ? [clientId] : []),
    ...(entry.includes('${username}') ? [username] : []),
  ];
  if (values.some((value) => value !== undefined && /[+#/]/.test(value))) return true;
  const text = entry.startsWith('@') ? entry.slice(1) : entry;
  const body = text.startsWith('$share/') ? withoutShare(text) : text;
  if (body.startsWith('${clientid}')) return clientId.startsWith('$');
  return body.startsWith('${username}') && username?.startsWith('$') === true;
}

function matches(
  entry: string,
  client: ClientNames,
  question: Question,
  topic: string,
  grantsReceiving: boolean,
): boolean {
  if (entry.includes('${username}') && (client.username ?? '') === '') return false;
  const filled = entry
    .replaceAll('${clientid}', () => client.clientId)
    .replaceAll('${username}', () => client.username ?? '');
  const topics = question === 'subscribe' && topic.startsWith('$share/') ? [topic, withoutShare(topic)] : [topic];
  // Whoever may subscribe to a filter may receive what it brings.
  if (grantsReceiving) return broughtBy(filled).some((filter) => covers(filter, topic));
  return topics.some((each) => (entry.startsWith('@') ? filled.slice(1) === each : covers(orAll(filled), each)));
}

/** The filters under which messages come; `*` for all of them. */
function broughtBy(entry: string): string[] {
  if (!entry.startsWith('@')) {
    if (entry === '$share/#') return ['*'];
    const isShared = entry.startsWith('$share/') && entry.split('/').length > 2;
    const brought = withoutShare(entry);
    return [orAll(entry), ...(isShared ? [orAll(brought)] : [])];
  }
  const exact = entry.slice(1);
  const filter = exact.startsWith('$share/') ? withoutShare(exact) : exact;
  return (exact.startsWith('$share/') && exact.split('/').length < 3) || !isFilter(filter) ? [] : [filter];
}

/** In a rule `#` covers topics that begin with `$`, too. */
function orAll(filter: string): string {
  return filter === '#' ? '*' : filter;
}

function covers(filter: string, topic: string): boolean {
  return filter === '*' || naiveMatch(filter, topic);
}

function withoutShare(topicFilter: string): string {
  return topicFilter.split('/').slice(2).join('/');
}

function isFilter(text: string): boolean {
  const levels = text.split('/');
  return levels.every((level, i) => !/[+#]/.test(level) || level === '+' || (level === '#' && i === levels.length - 1));
}
