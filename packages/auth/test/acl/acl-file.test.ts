import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@nanomq-ts/config';
import { RecordedLog } from '@nanomq-ts/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AccessRules } from '../../src/access-rules.ts';

const GOOD = `rules = [
  {"permit": "allow", "username": "admin"}
  # nobody else
  {"permit": "deny", "topics": ["secret/#"]}
  {"permit": "allow"}
]
`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nanomq-acl-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The rules of a file that the configuration includes, as the broker gets them. */
function rulesOf(text: string | null): AccessRules {
  if (text !== null) writeFileSync(join(folder, 'acl.conf'), text);
  const conf = 'auth.acl = { include "acl.conf" }';
  const { config } = loadConfig({ text: conf, file: join(folder, 'nanomq.conf'), env: {}, flags: {}, cwd: folder });
  return new AccessRules(config.auth, { logger: new RecordedLog(), nowMs: () => 0 });
}

describe('a file of rules', () => {
  it('is read with the place of each rule', () => {
    const rules = rulesOf(GOOD);
    const who = { clientId: 'c', username: 'u', remoteAddress: '' };
    const question = { ...who, action: 'publish', topic: 'secret/x' } as const;
    expect(rules.explain(question)).toMatchObject({
      isAllowed: false,
      rule: { number: 2, source: { file: 'acl.conf', line: 4 } },
    });
  });

  it.each([
    ['is empty', ''],
    ['has comments alone', '# rules\n// none\n'],
    ['has an empty list', 'rules = []'],
    ['has no list', 'rules = {}'],
    ['is not there', null],
    ['has a rule without permit', 'rules = [{"username": "admin"}]'],
    ['has a rule with a misspelt field', 'rules = [{"permit": "allow", "usrname": "admin"}]'],
    ['has null for a rule', 'rules = [null]'],
  ])('CVE-2018-12550: that %s is refused and does not allow all', (_, text) => {
    expect(() => rulesOf(text)).toThrow();
  });

  it('CVE-2018-12550: that is cut off anywhere is refused, or has every rule', () => {
    const whole = rulesOf(GOOD).counts.rules;
    for (let length = 0; length < GOOD.length; length++) {
      let rules: AccessRules;
      try {
        rules = rulesOf(GOOD.slice(0, length));
      } catch {
        continue;
      }
      expect(rules.counts.rules).toBe(whole);
    }
  });
});
