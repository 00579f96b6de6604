import { naiveMatch } from '@nanomq-ts/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClientView } from '../../src/acl/client-view.ts';
import { parseAclRules } from '../../src/acl/parse-acl-rules.ts';
import { NO_RULE, TopicIndex } from '../../src/acl/topic-index.ts';

const client = { clientId: 'c1', username: undefined, remoteAddress: '' };

function indexOf(filters: readonly string[]): TopicIndex {
  const index = new TopicIndex();
  for (const [rule, filter] of filters.entries())
    index.addFilter(
      filter.split('/').map((level) => [level]),
      rule,
    );
  return index;
}

function viewOf(count: number): ClientView {
  return new ClientView(parseAclRules(Array.from({ length: count }, () => ({ permit: 'allow' }))), client);
}

const level = fc.constantFrom('a', 'b', '', '$x', '+');
const filter = fc
  .tuple(fc.array(level, { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([levels, hash]) => [...levels, ...(hash ? ['#'] : [])].join('/'));
const topicName = fc
  .array(fc.constantFrom('a', 'b', '', '$x', 'c'), { minLength: 1, maxLength: 5 })
  .map((levels) => levels.join('/'));

describe('the index of topics', () => {
  it('finds the first filter that a walk through all of them finds', () => {
    fc.assert(
      fc.property(fc.array(filter, { minLength: 1, maxLength: 30 }), topicName, (filters, topic) => {
        const expected = filters.findIndex((each) => naiveMatch(each, topic));
        const found = indexOf(filters).first(topic, viewOf(filters.length), NO_RULE);
        expect(found).toBe(expected < 0 ? NO_RULE : expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('looks only before a limit', () => {
    const index = indexOf(['a', '+', '#']);
    expect([0, 1, 2].map((limit) => index.first('b', viewOf(3), limit))).toEqual([0, 1, 1]);
    expect(index.first('c/d', viewOf(3), 2)).toBe(2);
  });

  it('passes rules that are for other clients', () => {
    const index = new TopicIndex();
    index.addEverywhere(0);
    index.addEverywhere(1);
    const rules = parseAclRules([{ permit: 'deny', clientid: 'c2' }, { permit: 'allow' }]);
    expect(index.first('a', new ClientView(rules, client), NO_RULE)).toBe(1);
  });

  it('walks a topic of 65,535 levels without recursion, CVE-2019-11779', () => {
    const deep = '/'.repeat(65_534);
    expect(indexOf([deep, '#']).first(deep, viewOf(2), NO_RULE)).toBe(0);
    expect(indexOf(['a/#', '+/+']).first(deep, viewOf(2), NO_RULE)).toBe(NO_RULE);
  });
});
