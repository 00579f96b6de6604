import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordedLog } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { AccessRules } from '../src/access-rules.ts';
import type { AuthSettings } from '../src/auth-settings.ts';
import { settings } from './settings.ts';

function replace(former: AuthSettings, now: AuthSettings) {
  return new AccessRules(former, { logger: new RecordedLog(), nowMs: () => 0 }).replace(now);
}

const NOTHING = {
  users: { added: [], changed: [], removed: [] },
  rules: { added: [], removed: [], isReordered: false },
  settings: [],
};
const [a, b, c] = ['a', 'b', 'c'].map((topic) => ({ permit: 'allow', topics: [topic] })) as [object, object, object];
const text = (rule: object) => JSON.stringify({ permit: 'allow', action: 'pubsub', ...rule });

describe('the report of a reload', () => {
  it('tells nothing when nothing has changed, places of rules included', () => {
    const same = settings({ users: { u: 'x' }, rules: [a] });
    expect(replace(same, settings({ users: { u: 'x' }, rules: [{ ...a, source: { file: 'f', line: 1 } }] }))).toEqual(
      NOTHING,
    );
  });

  it('names users, without their passwords', () => {
    const former = settings({ users: { stays: 'x', goes: 'x', changes: 'canary-1' } });
    const changes = replace(former, settings({ users: { changes: 'canary-2', stays: 'x', comes: 'canary-3' } }));
    expect(changes).toEqual({ ...NOTHING, users: { added: ['comes'], changed: ['changes'], removed: ['goes'] } });
    expect(JSON.stringify(changes)).not.toContain('canary');
  });

  it.each([
    ['one more', [a], [a, b], [text(b)], [], false],
    ['one less', [a, b], [b], [], [text(a)], false],
    ['another one', [a], [b], [text(b)], [text(a)], false],
    ['another order', [a, b], [b, a], [], [], true],
    ['one twice', [a], [a, a], [text(a)], [], false],
    ['one no longer twice', [a, b, a], [a, b], [], [text(a)], false],
    ['one in the midst', [a, b], [a, c, b], [text(c)], [], false],
  ])('names rules: %s', (_, former, now, added, removed, isReordered) => {
    expect(replace(settings({ rules: former }), settings({ rules: now }))).toEqual({
      ...NOTHING,
      rules: { added, removed, isReordered },
    });
  });

  it('names other settings, without their values', () => {
    const jwt = { algorithm: 'HS256', secret: 'canary'.repeat(9), aclClaim: 'acl', clockToleranceMs: 0 } as const;
    const now = settings({ allowAnonymous: false, noMatch: 'deny', jwt, acl: { enable: false, rules: [] } });
    const changes = replace(settings(), now);
    expect([...changes.settings].sort()).toEqual(['acl.enable', 'allowAnonymous', 'jwt', 'noMatch']);
    expect(JSON.stringify(changes)).not.toContain('canary');
  });

  it('tells that a key file has another key', () => {
    const folder = mkdtempSync(join(tmpdir(), 'nanomq-jwt-'));
    try {
      const keyFile = join(folder, 'key.pem');
      const newKey = () => {
        const { publicKey } = generateKeyPairSync('ed25519');
        writeFileSync(keyFile, publicKey.export({ type: 'spki', format: 'pem' }));
      };
      newKey();
      const jwt = { algorithm: 'EdDSA', keyFile, aclClaim: 'acl', clockToleranceMs: 0 } as const;
      const rules = new AccessRules(settings({ jwt }), { logger: new RecordedLog(), nowMs: () => 0 });
      expect(rules.replace(settings({ jwt })).settings).toEqual([]);
      newKey();
      expect(rules.replace(settings({ jwt })).settings).toEqual(['jwt']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('a list that is switched off where everybody may enter removes nobody', () => {
    const former = settings({ users: { u: 'x' } });
    const off = { ...former, usesPasswords: false };
    expect(replace(former, off).users.removed).toEqual([]);
    expect(replace(former, { ...off, allowAnonymous: false }).users.removed).toEqual(['u']);
    expect(replace(former, settings({ users: {} })).users.removed).toEqual(['u']);
  });
});
