import { loadConfig } from '@nanomq-ts/config';
import { expect, it } from 'vitest';
import { authSettings } from '../src/auth-settings.ts';

const authOf = (text: string) => loadConfig({ env: {}, flags: {}, cwd: '/', text }).config.auth;

it.each([
  ['keyfile', 'algorithm = ES256, keyfile = "keys/a.pem"', { keyFile: '/etc/x/keys/a.pem' }],
  ['keyfile with the whole path', 'algorithm = ES256, keyfile = "/keys/a.pem"', { keyFile: '/keys/a.pem' }],
  ['jwksfile', 'jwksfile = "a.json"', { jwksFile: '/etc/x/a.json' }],
])('%s is relative to the working directory', (_, jwt, expected) => {
  expect(authSettings(authOf(`auth.jwt { ${jwt} }`), '/etc/x').jwt).toMatchObject(expected);
});

it('everything else is as configured', () => {
  const auth = authOf('auth { password { a = b }, acl.rules = [{ permit = allow }] }');
  expect(authSettings(auth, '/etc/x')).toEqual(auth);
});
