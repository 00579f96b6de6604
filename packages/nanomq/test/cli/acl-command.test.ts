import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.ts';
import { fakeSurroundings, temporaryFolder } from './fake-surroundings.ts';

const RULES = `rules = [
  # the first that matches
  {"permit": "deny", "username": "ann", "action": "subscribe", "topics": ["secret/#"]}
  {"permit": "allow", "ipaddr": "10.0.0.1"}
  {"permit": "allow", "action": "publish", "topics": ["dev/\${clientid}/#"]}
]
`;

async function explain(words: string, text = 'auth { no_match = deny, acl = { include "rules.conf" } }') {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'a.conf'), text);
  writeFileSync(join(cwd, 'rules.conf'), RULES);
  const around = fakeSurroundings({}, { cwd });
  const code = await runCommandLine(['acl', 'explain', '--conf', 'a.conf', ...words.split(' ')], around);
  return { code, out: around.out(), err: around.err() };
}

describe('nanomq acl explain', () => {
  it.each([
    [
      'the rule that denies, with file and line',
      '--client c --user ann --action subscribe --topic secret/1',
      /^denied: rule 1 \(\S*rules\.conf:3\): \{.*"username":"ann".*\}\n$/,
    ],
    [
      'the rule that allows, by its placeholder',
      '--client c --action publish --topic dev/c/1',
      /^allowed: rule 3 \(\S*rules\.conf:5\): /,
    ],
    [
      'a rule for an address',
      '--client c --address 10.0.0.1 --action publish --topic x',
      /^allowed: rule 2 \(\S*rules\.conf:4\): /,
    ],
    [
      'that a name cannot stand for its placeholder',
      '--client + --action publish --topic dev/x/1',
      /^denied: rule 3 .*a name of the client cannot stand for its placeholder/,
    ],
    [
      'that no rule matches',
      '--client c --user bob --action receive --topic other',
      /^denied: no rule matches, auth\.no_match = deny\n$/,
    ],
  ])('names %s', async (_, words, expected) => {
    const { code, out, err } = await explain(words);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(expected);
  });

  it('says that there are no rules', async () => {
    const { out } = await explain('--client c --action publish --topic a', '');
    expect(out).toBe('allowed: there are no rules\n');
  });

  it('says who else decides', async () => {
    const { out } = await explain(
      '--client c --action publish --topic a',
      'auth { jwt.jwksfile = absent, http_auth.acl_req.url = "http://127.0.0.1/acl" }',
    );
    expect(out).toMatch(/^allowed: .*\na token .*auth\.jwt\)\n.* auth\.http_auth may still refuse\n$/);
  });

  it.each([
    ['no client', '--action publish --topic a', /required option '--client <id>' not specified/],
    ['another action', '--client c --action fly --topic a', /Allowed choices are publish, subscribe, receive/],
  ])('refuses %s', async (_, words, expected) => {
    const { code, err } = await explain(words);
    expect(code).toBe(1);
    expect(err).toMatch(expected);
  });

  it('refuses a configuration with a wrong rule, with its place', async () => {
    const { code, err } = await explain('--client c --action publish --topic a', 'auth.acl.rules = [{ permit = odd }]');
    expect(code).toBe(1);
    expect(err).toMatch(/^a\.conf:1:\d+: /);
  });
});
