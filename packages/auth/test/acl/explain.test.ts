// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of rules look so
import { describe, expect, it } from 'vitest';
import { type AclQuestion, explain } from '../../src/acl/explain.ts';
import { parseAclRules } from '../../src/acl/parse-acl-rules.ts';
import { RuleSet } from '../../src/acl/rule-set.ts';

const rules = new RuleSet(
  parseAclRules([
    { permit: 'deny', username: 'u2', topics: ['a/#'], source: { file: '/etc/acl.conf', line: 4 } },
    { permit: 'allow', action: 'publish', topics: ['d/${clientid}'], source: { file: '/etc/acl.conf', line: 9 } },
    { permit: 'allow', topics: ['b'] },
  ]),
  'deny',
);

function question(fields: Partial<AclQuestion>): AclQuestion {
  return { clientId: 'c1', username: 'u1', remoteAddress: '192.0.2.7', action: 'publish', topic: 'a', ...fields };
}

describe('an explanation', () => {
  it.each([
    [
      'the rule that denies, file and line',
      { username: 'u2', topic: 'a/b' },
      'denied: rule 1 (/etc/acl.conf:4): {"permit":"deny","action":"pubsub","username":"u2","topics":["a/#"]}',
    ],
    [
      'the rule that allows',
      { topic: 'd/c1' },
      'allowed: rule 2 (/etc/acl.conf:9): {"permit":"allow","action":"publish","topics":["d/${clientid}"]}',
    ],
    [
      'a rule from no file',
      { topic: 'b', action: 'subscribe' },
      'allowed: rule 3: {"permit":"allow","action":"pubsub","topics":["b"]}',
    ],
    ['no rule', { topic: 'x' }, 'denied: no rule matches, auth.no_match = deny'],
    [
      'a name that cannot stand for its placeholder',
      { clientId: '+', topic: 'd/c1' },
      'denied: rule 2 (/etc/acl.conf:9), because a name of the client cannot stand for its placeholder: {"permit":"allow","action":"publish","topics":["d/${clientid}"]}',
    ],
  ] as const)('names %s', (_, fields, text) => {
    expect(explain(rules, question(fields)).text).toBe(text);
  });

  it('has outcome and rule as fields, too', () => {
    expect(explain(rules, question({ username: 'u2', topic: 'a' }))).toMatchObject({
      isAllowed: false,
      rule: { number: 1, source: { file: '/etc/acl.conf', line: 4 } },
    });
    expect(explain(rules, question({ topic: 'x' }))).toMatchObject({ isAllowed: false, rule: null });
  });

  it('without rules says that there are none', () => {
    expect(explain(null, question({}))).toEqual({ isAllowed: true, rule: null, text: 'allowed: there are no rules' });
  });
});
