import { describe, expect, it } from 'vitest';
import type { HttpAnswer, HttpAuthority } from '../../src/http/http-authority.ts';
import { HttpAuthorizer } from '../../src/http/http-authorizer.ts';
import type { PlaceholderValues } from '../../src/http/http-question.ts';

type Answer = HttpAnswer | Promise<HttpAnswer>;

function authority(answer: Answer, asked: PlaceholderValues[] = [], usesPassword = false): HttpAuthority {
  const ask = (values: PlaceholderValues) => {
    asked.push(values);
    return answer;
  };
  return { ask, usesPassword } as unknown as HttpAuthority;
}

const CLIENT = { c: 'c1', u: 'u1' };

describe('HTTP authorisation', () => {
  it.each([
    [null, 'yes', 0],
    [null, 'no', 0x87],
    [null, 'unknown', 0x83],
    ['yes', 'no', 0],
    ['no', 'yes', 0],
    ['no', 'no', 0x87],
    ['unknown', 'yes', 0],
    ['unknown', 'no', 0x87],
    ['unknown', 'unknown', 0x83],
  ] as const)('super_req says %s, acl_req %s: 0x%s', async (superAnswer, aclAnswer, reasonCode) => {
    const now = new HttpAuthorizer(superAnswer === null ? null : authority(superAnswer), authority(aclAnswer));
    expect(now.authorize(CLIENT, 'publish', 't')).toBe(reasonCode);
    const later = new HttpAuthorizer(
      superAnswer === null ? null : authority(Promise.resolve(superAnswer)),
      authority(Promise.resolve(aclAnswer)),
    );
    expect(await later.authorize(CLIENT, 'publish', 't')).toBe(reasonCode);
  });

  it('asks with access and topic, for super_req with the client alone', () => {
    const [superAsked, aclAsked]: [PlaceholderValues[], PlaceholderValues[]] = [[], []];
    const authorizer = new HttpAuthorizer(authority('no', superAsked), authority('yes', aclAsked));
    authorizer.authorize(CLIENT, 'subscribe', 'a/#');
    authorizer.authorize(CLIENT, 'publish', 'b');
    expect(superAsked).toEqual([CLIENT, CLIENT]);
    expect(aclAsked).toEqual([
      { ...CLIENT, A: '1', t: 'a/#' },
      { ...CLIENT, A: '2', t: 'b' },
    ]);
  });

  it('does not ask acl_req about a super user', () => {
    const asked: PlaceholderValues[] = [];
    new HttpAuthorizer(authority('yes'), authority('no', asked)).authorize(CLIENT, 'publish', 't');
    expect(asked).toEqual([]);
  });

  it('needs the password when one of the two sends it', () => {
    const needs = (one: boolean, other: boolean) =>
      new HttpAuthorizer(authority('yes', [], one), authority('yes', [], other)).usesPassword;
    expect([needs(false, false), needs(true, false), needs(false, true)]).toEqual([false, true, true]);
  });
});
