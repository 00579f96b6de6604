import { beforeEach, describe, expect, it } from 'vitest';
import { ChangeRefused } from '../../src/ports/config-port.ts';
import { V4Harness } from '../support/v4-calls.ts';

const RULES = [
  { permit: 'allow', action: 'publish', clientid: 'c', topics: ['a/#'] },
  { permit: 'deny', action: 'pubsub', and: [{ username: 'u' }, { ipaddr: '10.0.0.1' }] },
];

let v4: V4Harness;

beforeEach(async () => {
  v4 = await V4Harness.open();
  v4.config.tree = { auth: { no_match: 'deny', deny_action: 'disconnect', acl: { enable: true, rules: RULES } } };
  v4.parts.acl.rulePlaces = [{ file: '/etc/nanomq_acl.conf', line: 3 }, null];
});

function changed(): unknown[] {
  return v4.config.changes.map((changes) => changes.map(({ path, value }) => [path.join('.'), value]));
}

describe('/acl', () => {
  it('shows rules, where they stand, and what is done beyond them', async () => {
    expect((await v4.get('/acl')).body.data).toEqual({
      enable: true,
      no_match: 'deny',
      deny_action: 'disconnect',
      rules: RULES,
      places: ['/etc/nanomq_acl.conf:3', null],
    });
  });

  it('without any rule everything is allowed', async () => {
    v4.config.tree = {};
    v4.parts.acl.rulePlaces = [];
    const data = { enable: true, no_match: 'allow', deny_action: 'ignore', rules: [], places: [] };
    expect((await v4.get('/acl')).body.data).toEqual(data);
  });

  it('takes what it shows, and writes all in one change', async () => {
    const { data } = (await v4.get('/acl')).body;
    const reply = await v4.put('/acl', { ...(data as object), rules: [RULES[1]], no_match: 'allow' });
    expect(reply.status).toBe(200);
    expect(reply.body.data).toMatchObject({ applied: ['auth.acl.rules', 'auth.no_match'] });
    expect(changed()).toEqual([
      [
        ['auth.acl.rules', [RULES[1]]],
        ['auth.acl.enable', true],
        ['auth.no_match', 'allow'],
        ['auth.deny_action', 'disconnect'],
      ],
    ]);
  });

  it('an empty list takes the section away, which an empty list in the file would not', async () => {
    await v4.put('/acl', { rules: [] });
    expect(changed()).toEqual([[['auth.acl', undefined]]]);
  });

  it.each<[string, boolean, object]>([
    ['asked for', true, { rules: [], enable: false }],
    ['so already', false, { rules: [] }],
  ])('an empty list leaves the section off where that is %s: else no_match would hold for all', async (_, is, body) => {
    v4.config.tree = { auth: { no_match: 'deny', acl: { enable: is, rules: RULES } } };
    await v4.put('/acl', body);
    const off = 'enable' in body ? [['auth.acl.enable', false]] : [];
    expect(changed()).toEqual([[['auth.acl.rules', undefined], ...off]]);
  });

  it.each<[string, unknown, number, string]>([
    ['a rule without permit', { rules: [{ topics: ['a'] }] }, 107, 'rules.0.permit: required'],
    ['an unknown field', { rules: [{ permit: 'deny', topic: 'a' }] }, 108, 'rules.0: '],
    ['an action that is none', { rules: [{ permit: 'deny', action: 'read' }] }, 108, 'rules.0.action: '],
    ['rules that are none', { rules: { permit: 'deny' } }, 108, 'rules: '],
    ['no_match', { no_match: 'maybe' }, 108, 'no_match: '],
  ])('%s is refused', async (_, body, code, msg) => {
    const reply = await v4.put('/acl', body);
    expect([reply.status, reply.body.code]).toEqual([400, code]);
    expect(reply.body.msg).toContain(msg);
    expect(v4.config.changes).toEqual([]);
  });

  it('what the configuration refuses names the rule: 400/108', async () => {
    v4.config.refusal = new ChangeRefused('invalid', [{ path: 'auth.acl.rules', text: 'rule 2 has clientid and or' }]);
    const reply = await v4.put('/acl', { rules: [{ permit: 'deny', clientid: 'x', or: [] }] });
    expect([reply.status, reply.body.msg]).toEqual([400, 'auth.acl.rules: rule 2 has clientid and or']);
  });
});

describe('POST /acl/explain', () => {
  it('asks for a client as it would be connected', async () => {
    await v4.post('/acl/explain', { clientid: 'c', action: 'subscribe', topic: 'a/+' });
    await v4.post('/acl/explain', {
      clientid: '',
      username: 'u',
      remote_address: '::1',
      action: 'receive',
      topic: 'a',
    });
    expect(v4.parts.acl.questions).toEqual([
      { clientId: 'c', username: undefined, remoteAddress: '', action: 'subscribe', topic: 'a/+' },
      { clientId: '', username: 'u', remoteAddress: '::1', action: 'receive', topic: 'a' },
    ]);
  });

  it('names the rule that decides, file and line', async () => {
    v4.parts.acl.explanation = {
      isAllowed: false,
      rule: { number: 2, place: { file: 'acl.conf', line: 4 }, text: '{"permit":"deny"}' },
      text: 'denied: rule 2 (acl.conf:4)',
    };
    const { body } = await v4.post('/acl/explain', { clientid: 'c', action: 'publish', topic: 'a' });
    expect(body.data).toEqual({
      allowed: false,
      rule: { number: 2, file: 'acl.conf', line: 4, rule: { permit: 'deny' } },
      text: 'denied: rule 2 (acl.conf:4)',
    });
  });

  it.each([
    [{ action: 'publish', topic: 'a' }, 107, 'clientid: required'],
    [{ clientid: 'c', action: 'all', topic: 'a' }, 108, 'action: '],
    [{ clientid: 'c', action: 'publish', topic: '' }, 108, 'topic: '],
  ])('%j is refused', async (body, code, msg) => {
    const reply = await v4.post('/acl/explain', body);
    expect([reply.status, reply.body.code]).toEqual([400, code]);
    expect(reply.body.msg).toContain(msg);
  });
});
