// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of rules look so
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClientNames } from '../../src/acl/acl-rule.ts';
import { parseAclRules } from '../../src/acl/parse-acl-rules.ts';
import { type Question, RuleSet } from '../../src/acl/rule-set.ts';
import { naiveDecision, type PlainRule } from './naive-rules.ts';

function client(names: Partial<ClientNames> = {}): ClientNames {
  return { clientId: 'c1', username: 'u1', remoteAddress: '192.0.2.7', ...names };
}

function isAllowed(
  rules: readonly object[],
  question: Question,
  topic: string,
  { noMatch = 'deny' as 'allow' | 'deny', ...names }: Partial<ClientNames> & { noMatch?: 'allow' | 'deny' } = {},
): boolean {
  const set = new RuleSet(rules.length === 0 ? [] : parseAclRules(rules), noMatch);
  return set.isAllowed(set.viewOf(client(names)), question, topic);
}

const allow = (...topics: string[]) => ({ permit: 'allow', topics });
const deny = (...topics: string[]) => ({ permit: 'deny', topics });

describe('rules', () => {
  it('are looked at from the top: the first that matches decides', () => {
    expect(isAllowed([deny('a/b'), allow('a/#')], 'publish', 'a/b')).toBe(false);
    expect(isAllowed([allow('a/#'), deny('a/b')], 'publish', 'a/b')).toBe(true);
    expect(isAllowed([{ ...deny('a/b'), username: 'u2' }, allow('a/#')], 'publish', 'a/b')).toBe(true);
  });

  it('that match nothing leave it to no_match', () => {
    for (const noMatch of ['allow', 'deny'] as const) {
      for (const question of ['publish', 'subscribe', 'receive'] as const) {
        expect(isAllowed([allow('a'), deny('b')], question, 'c', { noMatch })).toBe(noMatch === 'allow');
        expect(isAllowed([], question, 'c', { noMatch })).toBe(noMatch === 'allow');
      }
    }
  });

  it.each([
    ['publish', [true, false, false]],
    ['subscribe', [false, true, true]],
    ['pubsub', [true, true, true]],
  ])('of action %s are for what it says; receiving goes by the right to subscribe', (action, expected) => {
    const questions = ['publish', 'subscribe', 'receive'] as const;
    expect(questions.map((question) => isAllowed([{ ...allow('a'), action }], question, 'a'))).toEqual(expected);
  });

  it.each([
    ['a/+/c', 'a/b/c', true],
    ['a/+/c', 'a/b/d', false],
    ['x/#', 'x', true],
    ['x/#', 'x/y/z', true],
    ['x/#', 'xy', false],
    ['#', 'a/b', true],
    ['#', '$SYS/brokers', true],
    ['+/brokers', '$SYS/brokers', false],
    ['+/#', '$SYS/brokers', false],
    ['$SYS/#', '$SYS/brokers', true],
    ['@a/+', 'a/b', false],
    ['+', '', true],
    ['/+', '/', true],
    ['a/', 'a', false],
  ])('topics: %j covers the topic name %j: %s', (entry, topic, covers) => {
    expect(isAllowed([allow(entry)], 'publish', topic)).toBe(covers);
    expect(isAllowed([deny(entry)], 'publish', topic, { noMatch: 'allow' })).toBe(!covers);
  });

  it.each([
    ['a/+/c', 'a/+/c', true],
    ['a/b/c', 'a/+/c', false],
    ['x/#', 'x/#', true],
    ['x/#', 'x/+/y', true],
    ['@#', '#', true],
    ['@#', 'a', false],
    ['@x/+', 'x/+', true],
    ['@x/+', 'x/y', false],
    ['a', '$share/g/a', true],
    ['@#', '$share/g/#', true],
    ['a/#', '$share/g/a/+', true],
    ['a', '$share/a', false],
  ])('topics: %j covers the topic filter %j: %s', (entry, filter, covers) => {
    expect(isAllowed([allow(entry)], 'subscribe', filter)).toBe(covers);
    expect(isAllowed([deny(entry)], 'subscribe', filter, { noMatch: 'allow' })).toBe(!covers);
  });

  it('about a share name hide nothing of its filter', () => {
    expect(isAllowed([deny('secret'), allow('$share/g/#')], 'receive', 'secret', { noMatch: 'allow' })).toBe(false);
    expect(isAllowed([deny('secret'), allow('#')], 'subscribe', '$share/g/secret')).toBe(false);
  });
});

describe('the right to receive', () => {
  it('is narrower than a subscription that a rule let through', () => {
    const rules = [deny('a/secret'), allow('a/#')];
    expect(isAllowed(rules, 'subscribe', 'a/#')).toBe(true);
    expect([isAllowed(rules, 'receive', 'a/open'), isAllowed(rules, 'receive', 'a/secret')]).toEqual([true, false]);
    // `+` covers the text `#` of a filter, and not what that filter brings.
    expect(isAllowed([allow('a/+')], 'subscribe', 'a/#')).toBe(true);
    expect(isAllowed([allow('a/+')], 'receive', 'a/b/c')).toBe(false);
  });

  it('covers what an exact entry for a filter brings, and a refused exact filter is not a refused topic', () => {
    expect(isAllowed([allow('@a/+')], 'receive', 'a/b')).toBe(true);
    expect(isAllowed([allow('@a/+')], 'receive', 'a/b/c')).toBe(false);
    expect(isAllowed([deny('@#'), allow('a/#')], 'receive', 'a/b')).toBe(true);
    expect(isAllowed([allow('@a#b')], 'receive', 'a')).toBe(false);
  });

  it('covers what a shared subscription brings that a rule names with its share name', () => {
    for (const entry of ['$share/g/a/#', '$share/+/a/#', '@$share/g/a/#', '$share/#']) {
      expect(isAllowed([allow(entry)], 'receive', 'a/b')).toBe(true);
      expect(isAllowed([allow(entry)], 'subscribe', 'a/#')).toBe(false);
      // To be kept from a share is not to be kept from its topics.
      expect(isAllowed([deny(entry), allow('a/#')], 'receive', 'a/b')).toBe(true);
    }
    expect(isAllowed([allow('$share/g/a/#')], 'receive', 'b')).toBe(false);
    expect(isAllowed([allow('$share/g')], 'receive', 'g')).toBe(false);
  });

  it('of an exact # does not reach topics that begin with $, which a subscription to # does not bring', () => {
    expect([isAllowed([allow('@#')], 'receive', 'a/b'), isAllowed([allow('@#')], 'receive', '$SYS/x')]).toEqual([
      true,
      false,
    ]);
  });
});

describe('placeholders', () => {
  it('stand for the names of the client', () => {
    const rules = [allow('dev/${clientid}/#', '@u/${username}')];
    expect(isAllowed(rules, 'publish', 'dev/c1/x')).toBe(true);
    expect(isAllowed(rules, 'publish', 'dev/c2/x')).toBe(false);
    expect(isAllowed(rules, 'publish', 'u/u1')).toBe(true);
    expect(isAllowed(rules, 'publish', 'u/u2')).toBe(false);
  });

  it('without a name match nothing', () => {
    for (const username of [undefined, '']) {
      expect(isAllowed([allow('u/${username}')], 'publish', 'u/', { username })).toBe(false);
      expect(isAllowed([allow('u/${username}')], 'publish', 'u/undefined', { username })).toBe(false);
      expect(isAllowed([allow('@${username}')], 'subscribe', '', { username })).toBe(false);
    }
  });

  it('are filled once: a name that looks like one stays as it is', () => {
    const username = '${clientid}';
    expect(isAllowed([allow('u/${username}')], 'publish', 'u/c1', { username })).toBe(false);
    expect(isAllowed([allow('u/${username}')], 'publish', 'u/${clientid}', { username })).toBe(true);
  });

  it('are compared as text: nothing of a name is a pattern', () => {
    const clientId = '.*$&$1[a-z]\\';
    expect(isAllowed([allow('d/${clientid}')], 'publish', 'd/c1', { clientId })).toBe(false);
    expect(isAllowed([allow('d/${clientid}')], 'publish', `d/${clientId}`, { clientId })).toBe(true);
  });

  const WIDE = ['+', '#', 'a/b', '/', 'x+', '#x', '+/+', '+/#', 'a/../b'];
  it.each(WIDE)('CVE-2017-7650, CVE-2026-85724: a name %j is no wildcard and no separator', (name) => {
    for (const [placeholder, names] of [
      ['${clientid}', { clientId: name }],
      ['${username}', { username: name }],
    ] as const) {
      for (const entry of [
        `dev/${placeholder}`,
        `dev/${placeholder}/#`,
        `@dev/${placeholder}`,
        `dev/x-${placeholder}`,
      ]) {
        for (const topic of ['dev/c9', 'dev/c9/x', `dev/${name}`, 'dev/a/b', 'dev/x-', 'dev/x-/', 'dev/x-a']) {
          for (const question of ['publish', 'subscribe', 'receive'] as const) {
            expect(isAllowed([allow(entry)], question, topic, names)).toBe(false);
            expect(isAllowed([allow(entry)], question, topic, { ...names, noMatch: 'allow' })).toBe(false);
            // Nor does it carry a client past a rule that would stop it.
            expect(isAllowed([deny(entry), allow('#')], question, topic, names)).toBe(false);
          }
        }
      }
    }
  });

  it('CVE-2017-7650: such a name is refused by the rule with the placeholder, not by those before it or for others', () => {
    const clientId = 'a/b';
    expect(isAllowed([allow('open'), allow('d/${clientid}')], 'publish', 'open', { clientId })).toBe(true);
    expect(isAllowed([allow('d/${clientid}'), allow('open')], 'publish', 'open', { clientId })).toBe(false);
    const others = { ...allow('d/${clientid}'), username: 'u2' };
    expect(isAllowed([others, allow('open')], 'publish', 'open', { clientId })).toBe(true);
    expect(
      isAllowed([{ ...allow('d/${clientid}'), action: 'publish' }, allow('open')], 'receive', 'open', { clientId }),
    ).toBe(true);
  });

  it('CVE-2026-33217, CVE-2026-58214: a name that begins with $ does not reach the topics of the broker', () => {
    for (const names of [{ clientId: '$SYS' }, { username: '$SYS' }]) {
      const placeholder = 'clientId' in names ? '${clientid}' : '${username}';
      expect(isAllowed([allow(`${placeholder}/#`)], 'subscribe', '$SYS/#', names)).toBe(false);
      expect(isAllowed([allow(`@${placeholder}/x`)], 'receive', '$SYS/x', names)).toBe(false);
      expect(isAllowed([allow(`$share/g/${placeholder}/#`)], 'subscribe', '$share/g/$SYS/#', names)).toBe(false);
      expect(isAllowed([allow(`@$share/g/${placeholder}/#`)], 'receive', '$SYS/x', names)).toBe(false);
      expect(isAllowed([allow(`d/${placeholder}`)], 'publish', 'd/$SYS', names)).toBe(true);
    }
  });
});

describe('what a set restricts', () => {
  it.each([
    ['nothing', [{ permit: 'allow' }], 'allow', false, false],
    ['all, by no_match', [{ permit: 'allow', action: 'publish' }], 'deny', true, true],
    ['publishing', [{ permit: 'deny', action: 'publish', topics: ['a'] }], 'allow', true, false],
    ['subscribing', [{ permit: 'deny', action: 'subscribe' }], 'allow', false, true],
    ['both', [{ permit: 'deny' }], 'allow', true, true],
    ['whoever has a hazardous name', [{ permit: 'allow', topics: ['${clientid}'] }], 'allow', true, true],
  ] as const)('%s', (_, rules, noMatch, publish, subscribe) => {
    const set = new RuleSet(parseAclRules(rules), noMatch);
    expect([set.restrictsPublish, set.restrictsSubscribe]).toEqual([publish, subscribe]);
  });
});

describe('a rule set equals a naive matcher', () => {
  const level = fc.constantFrom('a', 'b', '', '$SYS', '+', '${clientid}', '${username}', 'a${clientid}');
  const SHARED = [
    '$share/#',
    '$share/g',
    '$share/g/#',
    '$share/+/a',
    '$share/g/${clientid}/#',
    '@$share/g/#',
    '@$share/g',
    '@$share/g/${username}/a',
    '@$share/${clientid}/a/+',
  ];
  const filter = fc
    .tuple(fc.array(level, { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([levels, hash]) => [...levels, ...(hash ? ['#'] : [])].join('/'))
    .filter((text) => text !== '');
  const entry = fc.oneof(
    filter,
    filter.map((text) => `@${text}`),
    fc.constantFrom('#', '@#', '@a+', ...SHARED),
  );
  const rule: fc.Arbitrary<PlainRule> = fc.record({
    permit: fc.constantFrom('allow', 'deny'),
    action: fc.constantFrom('publish', 'subscribe', 'pubsub'),
    username: fc.constantFrom(undefined, '#', 'a', 'b'),
    topics: fc.oneof(
      { weight: 1, arbitrary: fc.constant(undefined) },
      {
        weight: 5,
        arbitrary: fc.array(entry, { minLength: 1, maxLength: 3 }),
      },
    ),
  });
  const name = fc.constantFrom('a', 'b', '$SYS', '+', 'a/b', 'ab');
  const topicName = fc
    .array(fc.constantFrom('a', 'b', 'aa', 'ab', '', '$SYS'), { minLength: 1, maxLength: 4 })
    .map((levels) => levels.join('/'));
  const asked = fc.oneof(
    fc.record({ question: fc.constantFrom<Question>('publish', 'receive'), topic: topicName }),
    fc.record({
      question: fc.constant<Question>('subscribe'),
      topic: fc
        .tuple(
          fc.constantFrom('', '$share/g/'),
          fc.oneof(topicName, fc.constantFrom('#', 'a/#', '+/b', 'a/+', '+', '$SYS/#')),
        )
        .map(([share, text]) => share + text),
    }),
  );

  it('for any rules, client and topic', () => {
    fc.assert(
      fc.property(
        fc.array(rule, { minLength: 1, maxLength: 12 }),
        fc.record({ clientId: name, username: fc.option(name, { nil: undefined }) }),
        fc.array(asked, { minLength: 1, maxLength: 8 }),
        fc.constantFrom<'allow' | 'deny'>('allow', 'deny'),
        (rules, names, questions, noMatch) => {
          const set = new RuleSet(parseAclRules(rules), noMatch);
          const who = client(names);
          const view = set.viewOf(who);
          for (const { question, topic } of questions) {
            const expected = naiveDecision(rules, who, question, topic) ?? noMatch === 'allow';
            expect({ question, topic, isAllowed: set.isAllowed(view, question, topic) }).toEqual({
              question,
              topic,
              isAllowed: expected,
            });
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('and never refuses where it says that it restricts nothing', () => {
    fc.assert(
      fc.property(fc.array(rule, { minLength: 1, maxLength: 4 }), name, topicName, (rules, clientId, topic) => {
        const set = new RuleSet(parseAclRules(rules), 'allow');
        const view = set.viewOf(client({ clientId, username: 'a' }));
        if (!set.restrictsPublish) expect(set.isAllowed(view, 'publish', topic)).toBe(true);
        if (!set.restrictsSubscribe) expect(set.isAllowed(view, 'subscribe', topic)).toBe(true);
        if (!set.restrictsSubscribe) expect(set.isAllowed(view, 'receive', topic)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
