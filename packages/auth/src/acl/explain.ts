import type { SourcePlace } from '../auth-error.ts';
import type { ClientNames } from './acl-rule.ts';
import type { Question, RuleSet } from './rule-set.ts';

/** Whether somebody may do something. */
export interface AclQuestion extends ClientNames {
  readonly action: Question;
  /** A topic name; for `subscribe` a topic filter. */
  readonly topic: string;
}

/** The answer, and why. */
export interface AclExplanation {
  readonly isAllowed: boolean;
  /** The rule that decides; null: none does. */
  readonly rule: { readonly number: number; readonly source: SourcePlace | null; readonly text: string } | null;
  /** One line, with number, file and line of the rule. */
  readonly text: string;
}

/** Explains an outcome. @param rules  null: there are none */
export function explain(rules: RuleSet | null, question: AclQuestion): AclExplanation {
  if (rules === null) return { isAllowed: true, rule: null, text: 'allowed: there are no rules' };
  const { isAllowed, rule, isNameRefused } = rules.decide(rules.viewOf(question), question.action, question.topic);
  const outcome = isAllowed ? 'allowed' : 'denied';
  if (rule === null) return { isAllowed, rule, text: `${outcome}: no rule matches, auth.no_match = ${rules.noMatch}` };
  const { number, source, text } = rule;
  const place = source === null ? '' : ` (${source.file}:${source.line})`;
  const because = isNameRefused ? ', because a name of the client cannot stand for its placeholder' : '';
  return { isAllowed, rule: { number, source, text }, text: `${outcome}: rule ${number}${place}${because}: ${text}` };
}
