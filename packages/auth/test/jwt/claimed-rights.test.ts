// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of rules look so
import { describe, expect, it } from 'vitest';
import { ClaimedRights } from '../../src/jwt/claimed-rights.ts';

const client = { clientId: 'c1', username: 'u1', remoteAddress: '' };

function may(claim: unknown, question: 'publish' | 'subscribe' | 'receive', topic: string, names = client): boolean {
  const rights = ClaimedRights.from(claim);
  if (rights === null) throw new Error('not a claim');
  return rights.isAllowed(rights.viewOf(names), question, topic);
}

describe('rights of a token', () => {
  it.each([
    [{ pub: ['a/#'] }, [true, false, false]],
    [{ sub: ['a/#'] }, [false, true, true]],
    [{ pub: ['a/#'], sub: ['a/#'] }, [true, true, true]],
    [{}, [false, false, false]],
    [{ pub: [], sub: [] }, [false, false, false]],
    [{ pub: ['b'], sub: ['b'] }, [false, false, false]],
  ])('%j: publish, subscribe, receive', (claim, expected) => {
    expect((['publish', 'subscribe', 'receive'] as const).map((each) => may(claim, each, 'a/b'))).toEqual(expected);
  });

  it('have the placeholders of rules, which nothing widens', () => {
    const claim = { pub: ['d/${clientid}/${username}'] };
    expect(may(claim, 'publish', 'd/c1/u1')).toBe(true);
    expect(may(claim, 'publish', 'd/c2/u1')).toBe(false);
    for (const clientId of ['+', '#', 'c1/x']) {
      expect(may({ pub: ['d/${clientid}'] }, 'publish', `d/${clientId}`, { ...client, clientId })).toBe(false);
    }
  });

  it.each([
    ['no object', 'a'],
    ['null', null],
    ['a list', ['a']],
    ['another list', { pub: ['a'], all: ['#'] }],
    ['a text in place of a list', { pub: 'a' }],
    ['something else in a list', { sub: [7] }],
    ['no filter', { sub: ['a/#/b'] }],
    ['a placeholder that is not known', { sub: ['${ip}'] }],
    ['more filters than any token needs', { sub: Array.from({ length: 1001 }, () => 'a') }],
  ])('%s are none', (_, claim) => {
    expect(ClaimedRights.from(claim)).toBeNull();
  });
});
