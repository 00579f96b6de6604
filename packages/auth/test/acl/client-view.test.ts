// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of rules look so
import { describe, expect, it } from 'vitest';
import { ClientView } from '../../src/acl/client-view.ts';
import { parseAclRules } from '../../src/acl/parse-acl-rules.ts';
import { parseTopicEntry, type TopicEntry } from '../../src/acl/topic-entry.ts';

const client = { clientId: 'c1', username: 'u1', remoteAddress: '192.0.2.7' };

function entry(text: string): TopicEntry {
  const parsed = parseTopicEntry(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

describe('what rules mean for a client', () => {
  it('is which of them are for it', () => {
    const rules = parseAclRules([
      { permit: 'deny', username: 'u2' },
      { permit: 'allow', clientid: 'c1' },
    ]);
    const view = new ClientView(rules, client);
    expect([view.applies(0), view.applies(1), view.applies(0), view.applies(1)]).toEqual([false, true, false, true]);
  });

  it('is what placeholders stand for, and stays that', () => {
    const mutable = { ...client };
    const view = new ClientView([], mutable);
    mutable.clientId = 'other';
    const [level = []] = entry('${clientid}-${username}').levels;
    expect([view.textOf(level), view.textOf(level)]).toEqual(['c1-u1', 'c1-u1']);
  });

  it('has no text where a name is missing or empty', () => {
    const [level = []] = entry('${username}').levels;
    expect(new ClientView([], { ...client, username: undefined }).textOf(level)).toBeNull();
    expect(new ClientView([], { ...client, username: '' }).textOf(level)).toBeNull();
  });

  it.each([
    ['a/${clientid}', 'c1', false],
    ['a/${clientid}', 'c/1', true],
    ['a/${clientid}', '$c', false],
    ['${clientid}/a', '$c', true],
    ['${clientid}/a', 'c$', false],
    ['a/${username}', '+', false],
    ['a', '#', false],
  ])('%s is widened by the client identifier %s: %s', (text, clientId, isWidened) => {
    const rules = parseAclRules([{ permit: 'allow' }, { permit: 'allow', topics: [text] }]);
    const guarded = [{ rule: 1, entries: [entry(text)] }];
    expect(new ClientView(rules, { ...client, clientId }).firstWidened(guarded)).toBe(
      isWidened ? 1 : Number.POSITIVE_INFINITY,
    );
  });

  it('a rule that is widened and for somebody else does not count, and the first of several does', () => {
    const rules = parseAclRules([{ permit: 'allow', clientid: 'c2' }, { permit: 'allow' }, { permit: 'allow' }]);
    const guarded = [0, 1, 2].map((rule) => ({ rule, entries: [entry('a/${clientid}')] }));
    const view = new ClientView(rules, { ...client, clientId: '+' });
    expect([view.firstWidened(guarded), view.firstWidened(guarded), view.firstWidened([])]).toEqual([
      1,
      1,
      Number.POSITIVE_INFINITY,
    ]);
  });
});
