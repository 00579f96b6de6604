import { AccessRules, type AuthSettings, OPEN_SETTINGS } from '@nanomq-ts/auth';
import { describe, expect, it } from 'vitest';
import { logAccessChanges } from '../src/access-changes-log.ts';
import { silentLogger } from '../src/silent-logger.ts';

const ALLOW = { permit: 'allow', username: 'a' };
const DENY = { permit: 'deny', username: 'b' };
const NOBODY = { permit: 'deny' };
const BEFORE: AuthSettings = {
  ...OPEN_SETTINGS,
  usesPasswords: true,
  users: [
    { username: 'ann', password: 'canary-1' },
    { username: 'bob', password: 'x' },
  ],
  acl: { enable: true, rules: [ALLOW, DENY] },
};

/** What is logged when these settings take the place of {@link BEFORE}. */
function logged(after: Partial<AuthSettings>): unknown[] {
  const lines: unknown[] = [];
  const rules = new AccessRules(BEFORE, { logger: silentLogger, nowMs: () => 0 });
  const info = (fields: object, text: string) => void lines.push({ ...fields, text });
  logAccessChanges(rules.replace({ ...BEFORE, ...after }), { ...silentLogger, info });
  return lines;
}

describe('what a reload changed', () => {
  it.each<[string, Partial<AuthSettings>, object]>([
    [
      'users',
      {
        users: [
          { username: 'ann', password: 'canary-2' },
          { username: 'eve', password: 'x' },
        ],
      },
      { users: { added: ['eve'], changed: ['ann'], removed: ['bob'] }, rulesAdded: 0 },
    ],
    ['rules', { acl: { enable: true, rules: [NOBODY] } }, { rulesAdded: 1, rulesRemoved: 2 }],
    ['their order', { acl: { enable: true, rules: [DENY, ALLOW] } }, { rulesAdded: 0, areRulesReordered: true }],
    ['settings', { noMatch: 'deny' }, { settings: ['noMatch'] }],
  ])('%s: one line, without passwords', (_, after, expected) => {
    const lines = logged(after);
    expect(lines).toMatchObject([{ ...expected, text: 'users and rules were replaced' }]);
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  it('nothing: no line', () => {
    expect(logged({})).toEqual([]);
  });
});
