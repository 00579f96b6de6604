// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of rules look so
import { describe, expect, it } from 'vitest';
import { appliesTo } from '../../src/acl/acl-rule.ts';
import { parseAclRules } from '../../src/acl/parse-acl-rules.ts';
import { AuthError } from '../../src/auth-error.ts';

function faultOf(rules: readonly unknown[]): AuthError {
  try {
    parseAclRules(rules);
  } catch (error) {
    if (error instanceof AuthError) return error;
  }
  throw new Error('the rules were taken');
}

const client = { clientId: 'c1', username: 'u1', remoteAddress: '192.0.2.7' };

describe('rules', () => {
  it('are numbered from 1, action is pubsub unless said, topics are all unless said', () => {
    const source = { file: '/etc/nanomq_acl.conf', line: 7 };
    expect(
      parseAclRules([
        { permit: 'allow', source },
        { permit: 'deny', action: 'publish', topics: ['a'] },
      ]),
    ).toMatchObject([
      { number: 1, permit: 'allow', action: 'pubsub', who: { kind: 'anyone' }, topics: null, source },
      { number: 2, permit: 'deny', action: 'publish', source: null, text: expect.stringContaining('"publish"') },
    ]);
  });

  it('of the example in the configuration reference are taken', () => {
    const rules = [
      { permit: 'allow', username: 'dashboard', action: 'subscribe', topics: ['$SYS/#'] },
      { permit: 'deny', username: '#', action: 'subscribe', topics: ['$SYS/#', '@#'] },
      {
        permit: 'allow',
        or: [{ clientid: 'c1' }, { ipaddr: '127.0.0.1' }],
        action: 'publish',
        topics: ['dev/${clientid}/#'],
      },
      { permit: 'allow' },
    ];
    expect(parseAclRules(rules)).toHaveLength(4);
  });

  it('have one text for one meaning, whatever the order of their fields', () => {
    const [one, other] = parseAclRules([
      { permit: 'allow', action: 'publish', username: 'u', topics: ['a'], source: { file: 'f', line: 1 } },
      { topics: ['a'], username: 'u', action: 'publish', permit: 'allow' },
    ]);
    expect(one?.text).toBe(other?.text);
    expect(one?.text).toBe('{"permit":"allow","action":"publish","username":"u","topics":["a"]}');
  });

  it.each([
    ['username', { username: 'u1' }, true],
    ['another username', { username: 'u2' }, false],
    ['username # is everyone', { username: '#' }, true],
    ['clientid', { clientid: 'c1' }, true],
    ['clientid # is everyone', { clientid: '#' }, true],
    ['+ is no wildcard', { username: '+' }, false],
    ['a name is not a pattern', { username: 'u*' }, false],
    ['ipaddr', { ipaddr: '192.0.2.7' }, true],
    ['ipaddrs', { ipaddrs: ['10.0.0.0/8', '192.0.2.0/24'] }, true],
    ['and, all hold', { and: [{ username: 'u1' }, { clientid: 'c1' }, { ipaddr: '192.0.2.7' }] }, true],
    ['and, one does not', { and: [{ username: 'u1' }, { clientid: 'c2' }] }, false],
    ['or, one holds', { or: [{ username: 'u2' }, { clientid: 'c1' }] }, true],
    ['or, none holds', { or: [{ username: 'u2' }, { clientid: 'c2' }] }, false],
    ['a field that is undefined is absent', { username: undefined, clientid: 'c1' }, true],
  ])('for a client by %s', (_, subject, applies) => {
    const [rule] = parseAclRules([{ permit: 'allow', ...subject }]);
    expect(rule === undefined ? undefined : appliesTo(rule.who, client)).toBe(applies);
  });

  it('for a user name are not for a client without one, save those for everyone', () => {
    const nameless = { ...client, username: undefined };
    const [named, everyone] = parseAclRules([
      { permit: 'allow', username: 'undefined' },
      { permit: 'allow', username: '#' },
    ]);
    expect([named, everyone].map((rule) => rule !== undefined && appliesTo(rule.who, nameless))).toEqual([false, true]);
  });
});

describe('wrong rules are refused, all of them', () => {
  it.each([
    ['no object', 'allow', 'must be an object'],
    ['a list', [], 'must be an object'],
    ['null', null, 'must be an object'],
    ['no permit', {}, 'permit must be'],
    ['another permit', { permit: 'Allow' }, 'permit must be'],
    ['another action', { permit: 'deny', action: 'all' }, 'action must be'],
    ['an action of the object prototype', { permit: 'deny', action: 'constructor' }, 'action must be'],
    ['an unknown field', { permit: 'deny', user: 'x' }, 'a field that rules do not know: "user"'],
    ['two subjects', { permit: 'deny', username: 'a', ipaddr: '::1' }, 'username and ipaddr; join'],
    ['an empty name', { permit: 'deny', clientid: '' }, 'clientid must be a text that is not empty'],
    ['a number for a name', { permit: 'deny', username: 7 }, 'username must be a text'],
    ['no address', { permit: 'deny', ipaddr: 'localhost' }, 'ipaddr must be IP addresses'],
    ['a network as ipaddr', { permit: 'deny', ipaddr: '10.0.0.0/8' }, 'networks go into ipaddrs'],
    ['no networks', { permit: 'deny', ipaddrs: ['10.0.0.0/40'] }, 'ipaddrs must be IP addresses or networks'],
    ['an empty list of addresses', { permit: 'deny', ipaddrs: [] }, 'ipaddrs must be a list that is not empty'],
    ['an empty and, which would hold for everyone', { permit: 'allow', and: [] }, 'and must be a list'],
    ['a condition with two fields', { permit: 'allow', and: [{ username: 'a', clientid: 'b' }] }, 'not one field'],
    ['a condition without one', { permit: 'allow', or: [{}] }, 'not one field'],
    ['a condition in a condition', { permit: 'allow', or: [{ and: [] }] }, 'other than username, clientid and ipaddr'],
    ['empty topics, which might be meant as none', { permit: 'allow', topics: [] }, 'topics must be a list'],
    ['topics that are a text', { permit: 'allow', topics: 'a' }, 'topics must be a list'],
    ['a topic that is no filter', { permit: 'allow', topics: ['a', 'b/#/c'] }, 'topics: "b/#/c" # must be'],
  ])('%s', (_, rule, text) => {
    const fault = faultOf([{ permit: 'allow' }, rule]);
    expect(fault).toMatchObject({ code: 'RULE_INVALID' });
    expect(fault.message).toContain(`rule 2 ${text === 'must be an object' ? text : ''}`);
    expect(fault.message).toContain(text);
  });

  it('names file and line', () => {
    const source = { file: '/etc/acl.conf', line: 12, column: 3 };
    expect(faultOf([{ permit: 'no', source }])).toMatchObject({
      source: { file: '/etc/acl.conf', line: 12 },
      message: '/etc/acl.conf:12: an access rule is not valid: rule 1 permit must be "allow" or "deny"',
    });
  });

  it('quotes what it shows, so that nothing forges lines of a log, and cuts it', () => {
    const { message } = faultOf([{ permit: 'allow', topics: [`a\n#/${'x'.repeat(200)}`] }]);
    expect(message).not.toContain('\n');
    expect(message.length).toBeLessThan(220);
  });

  it('CVE-2018-12550: an empty list refuses and does not allow all', () => {
    expect(faultOf([])).toMatchObject({ code: 'RULES_EMPTY' });
  });
});
