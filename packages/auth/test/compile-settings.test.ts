import { RecordedLog } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { compileSettings } from '../src/compile-settings.ts';
import { HashWorkers } from '../src/passwords/hash-workers.ts';
import { settings } from './settings.ts';

const PARTS = {
  logger: new RecordedLog(),
  nowMs: () => 0,
  workers: new HashWorkers(),
  portOf: () => undefined,
  credentialCacheTtlMs: 0,
};
const REQUEST = { url: 'http://127.0.0.1:1/', method: 'POST', headers: {}, params: {} } as const;
const HTTP = {
  timeoutMs: 1,
  connectTimeoutMs: 1,
  poolSize: 1,
  cacheTtlMs: 0,
  authRequest: null,
  superRequest: null,
  aclRequest: null,
};

describe('settings', () => {
  it.each([
    ['no rules and no_match = allow', settings(), true],
    ['no rules and no_match = deny', settings({ noMatch: 'deny' }), false],
    ['rules', settings({ rules: [{ permit: 'allow' }] }), false],
    [
      'rules that are switched off',
      settings({ noMatch: 'deny', acl: { enable: false, rules: [{ permit: 'deny' }] } }),
      true,
    ],
  ])('with %s', (_, given, hasNoRules) => {
    expect(compileSettings(given, PARTS).ruleSet === null).toBe(hasNoRules);
  });

  it('of a list of users that is not looked at are not looked at', () => {
    const off = { ...settings({ users: { u: '$9$no$hash' } }), usesPasswords: false };
    expect(compileSettings(off, PARTS).users.size).toBe(0);
  });

  it.each([
    ['a bad rule', settings({ rules: [{ permit: 'maybe' }] }), 'RULE_INVALID'],
    ['a bad user', settings({ users: { u: '$9$no$hash' } }), 'PASSWORD_ENTRY_INVALID'],
    [
      'a bad key',
      settings({ jwt: { algorithm: 'HS256', secret: 'short', aclClaim: 'acl', clockToleranceMs: 0 } }),
      'KEY_INVALID',
    ],
    [
      'a key file that is not there',
      settings({ jwt: { jwksFile: '/no/jwks', aclClaim: 'acl', clockToleranceMs: 0 } }),
      'FILE_UNREADABLE',
    ],
    ['no HTTP request', settings({ http: HTTP }), 'HTTP_REQUEST_INVALID'],
    ['a bad URL', settings({ http: { ...HTTP, authRequest: { ...REQUEST, url: 'x' } } }), 'HTTP_REQUEST_INVALID'],
    [
      'bad authorities',
      settings({ http: { ...HTTP, authRequest: { ...REQUEST, certificateAuthorities: '' } } }),
      'HTTP_REQUEST_INVALID',
    ],
  ])('with %s are refused', (_, given, code) => {
    expect(() => compileSettings(given, PARTS)).toThrow(expect.objectContaining({ code }));
  });

  it('ask a server about topics only with acl_req', () => {
    const only = (request: object) => compileSettings(settings({ http: { ...HTTP, ...request } }), PARTS);
    expect(only({ authRequest: REQUEST }).http).toBeNull();
    expect(only({ aclRequest: REQUEST }).http).not.toBeNull();
    expect(only({ authRequest: REQUEST, superRequest: REQUEST }).authorities).toHaveLength(2);
  });
});
