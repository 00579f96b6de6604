import { RecordedLog } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import type { Authenticator, Verdict } from '../src/authenticator.ts';
import { AuthenticatorChain } from '../src/authenticator-chain.ts';
import { type ConnectFacts, connectRequest } from './connect-request.ts';

const IGNORE: Verdict = { kind: 'ignore' };
const ADMIT: Verdict = { kind: 'admit', username: 'found' };
const REFUSE: Verdict = { kind: 'refuse', reasonCode: 0x87 };

/** An authenticator that says this; an Error is thrown. */
function says(verdict: Verdict | Error, asked: string[] = [], name = 'test'): Authenticator {
  return {
    name,
    authenticate: () => {
      asked.push(name);
      if (verdict instanceof Error) throw verdict;
      return verdict;
    },
  };
}

/** The same, later. */
function saysLater(verdict: Verdict | Error, asked: string[] = [], name = 'test'): Authenticator {
  const { authenticate } = says(verdict, asked, name);
  return { name, authenticate: async (request) => authenticate(request) };
}

function ask(authenticators: readonly Authenticator[], facts: ConnectFacts = {}, allowAnonymous = false) {
  const log = new RecordedLog();
  return {
    log,
    verdict: new AuthenticatorChain(authenticators, allowAnonymous, log).authenticate(connectRequest(facts)),
  };
}

const CREDENTIALS = { username: 'u1', password: 'p1' };

describe.each([
  ['at once', says],
  ['later', saysLater],
])('authenticators that answer %s', (_, make) => {
  it('are asked in order until one knows the client', async () => {
    for (const known of [ADMIT, REFUSE]) {
      const asked: string[] = [];
      const chain = [make(IGNORE, asked, 'a'), make(known, asked, 'b'), make(ADMIT, asked, 'c')];
      expect(await ask(chain, CREDENTIALS).verdict).toEqual(known);
      expect(asked).toEqual(['a', 'b']);
    }
  });

  it('that all leave it to others end with a refusal of the credentials', async () => {
    for (const allowAnonymous of [true, false]) {
      expect(await ask([make(IGNORE), make(IGNORE)], CREDENTIALS, allowAnonymous).verdict).toEqual({
        kind: 'refuse',
        reasonCode: 0x86,
      });
    }
  });

  it('CVE-2026-95848: one that fails refuses, and the next is not asked', async () => {
    const asked: string[] = [];
    const chain = [make(new Error('broken'), asked, 'a'), make(ADMIT, asked, 'b')];
    const { log, verdict } = ask(chain, CREDENTIALS, true);
    expect(await verdict).toEqual({ kind: 'refuse', reasonCode: 0x88 });
    expect(asked).toEqual(['a']);
    expect(log.lines).toMatchObject([
      { level: 'error', clientId: 'c1', authenticator: 'a', text: 'authentication failed' },
    ]);
    expect(JSON.stringify(log.lines)).not.toContain('p1');
  });
});

it('an answer comes at once when nobody takes time', () => {
  expect(ask([says(IGNORE), says(ADMIT)], CREDENTIALS).verdict).toEqual(ADMIT);
  expect(ask([says(IGNORE)], CREDENTIALS).verdict).not.toBeInstanceOf(Promise);
});

describe('allow_anonymous', () => {
  const somebody = [says(IGNORE)];
  it.each([
    ['nothing at all', {}, true, 0x86],
    ['a user name and a password', CREDENTIALS, false, 0x86],
    ['a user name alone', { username: 'u1' }, false, 0x86],
    ['an empty user name', { username: '' }, false, 0x86],
    ['a password alone', { password: 'p' }, false, 0x86],
    ['an empty password', { username: 'u1', password: '' }, false, 0x86],
  ])('lets in who shows nothing and nobody else: %s', (_, facts, isAnonymous, reasonCode) => {
    const refused = { kind: 'refuse', reasonCode };
    expect(ask(somebody, facts, false).verdict).toEqual(refused);
    expect(ask(somebody, facts, true).verdict).toEqual(isAnonymous ? { kind: 'admit', username: undefined } : refused);
  });

  it('where nobody is known, nothing can be wrong: everybody is anonymous, or nobody enters', () => {
    expect(ask([], CREDENTIALS, true).verdict).toEqual({ kind: 'admit', username: 'u1' });
    expect(ask([], {}, true).verdict).toEqual({ kind: 'admit', username: undefined });
    expect(ask([], CREDENTIALS, false).verdict).toMatchObject({ kind: 'refuse' });
    expect(ask([], {}, false).verdict).toMatchObject({ kind: 'refuse' });
  });

  it.each([
    [4, CREDENTIALS, 0x87],
    [4, {}, 0x86],
    [4, { username: 'u1' }, 0x86],
    [3, CREDENTIALS, 0x87],
  ] as const)('before 5.0 the codes are those of NanoMQ: version %i, %j', (protocolVersion, facts, reasonCode) => {
    expect(ask(somebody, { ...facts, protocolVersion }).verdict).toEqual({ kind: 'refuse', reasonCode });
  });
});
