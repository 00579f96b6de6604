import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '@nanomq-ts/config';
import { expect, it } from 'vitest';
import { httpServerOptions } from '../src/http-options.ts';
import { temporaryFolder } from './cli/fake-surroundings.ts';

function optionsOf(text: string, cwd = '/nowhere') {
  const { httpServer } = loadConfig({ env: {}, flags: {}, cwd, text }).config;
  if (httpServer === null) throw new Error('the text must have a section http_server');
  return httpServerOptions(httpServer, cwd);
}

it('the section as the admin server takes it', () => {
  expect(optionsOf('http_server { port = 1, ip_addr = "::1", limit_conn = 3, max_body = 4096 }')).toEqual({
    host: '::1',
    port: 1,
    username: 'admin',
    password: 'public',
    authType: 'basic',
    maxConcurrentRequests: 3,
    maxBodyBytes: 4096,
    jwt: null,
    redactSecrets: false,
  });
});

it('a key file is read, relative to the working directory; its name is the issuer', () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'jwtRS256.key.pub'), 'PEM');
  const { jwt } = optionsOf('http_server { auth_type = jwt, jwt.public.keyfile = "./jwtRS256.key.pub" }', cwd);
  expect(jwt).toEqual({ algorithm: 'RS256', key: 'PEM', issuer: 'jwtRS256.key.pub' });
});

it('a secret has no name, so that no issuer is asked for', () => {
  const { jwt } = optionsOf(
    'http_server { auth_type = jwt, jwt { algorithm = HS256, secret = "a long secret of 32 characters.." } }',
  );
  expect(jwt).toEqual({ algorithm: 'HS256', key: 'a long secret of 32 characters..', issuer: '' });
});

it('a key file that is not there is an error of the system', () => {
  const text = 'http_server { auth_type = jwt, jwt.public.keyfile = "none.pub" }';
  expect(() => optionsOf(text)).toThrow(/ENOENT.*none\.pub/);
});
