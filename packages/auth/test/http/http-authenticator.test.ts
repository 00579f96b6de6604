import { describe, expect, it } from 'vitest';
import { HttpAuthenticator } from '../../src/http/http-authenticator.ts';
import type { HttpAnswer, HttpAuthority } from '../../src/http/http-authority.ts';
import type { PlaceholderValues } from '../../src/http/http-question.ts';
import { connectRequest } from '../connect-request.ts';

function setUp(answer: HttpAnswer | Promise<HttpAnswer>) {
  const asked: PlaceholderValues[] = [];
  const authority = {
    ask: (values: PlaceholderValues) => {
      asked.push(values);
      return answer;
    },
  } as unknown as HttpAuthority;
  return { asked, authenticator: new HttpAuthenticator(authority, () => 1883) };
}

describe('HTTP authentication', () => {
  it.each([
    ['yes', { kind: 'admit', username: 'u1' }],
    ['no', { kind: 'refuse', reasonCode: 0x87 }],
    ['unknown', { kind: 'refuse', reasonCode: 0x88 }],
  ] as const)('with the answer %s', async (answer, verdict) => {
    const request = connectRequest({ username: 'u1', password: 'p' });
    expect(setUp(answer).authenticator.authenticate(request)).toEqual(verdict);
    expect(await setUp(Promise.resolve(answer)).authenticator.authenticate(request)).toEqual(verdict);
  });

  it('is asked for whoever shows a user name or a password', () => {
    for (const facts of [{ username: 'u1' }, { password: 'p' }, { username: '', password: '' }]) {
      const { asked, authenticator } = setUp('yes');
      authenticator.authenticate(connectRequest(facts));
      expect(asked).toHaveLength(1);
    }
    const { asked, authenticator } = setUp('yes');
    expect(authenticator.authenticate(connectRequest())).toEqual({ kind: 'ignore' });
    expect(asked).toEqual([]);
  });
});
