import { AuthError } from '@nanomq-ts/auth';
import { loadConfig } from '@nanomq-ts/config';
import { expect, it } from 'vitest';
import { CommandFailure } from '../../src/cli/command-failure.ts';
import { HttpListenError } from '../../src/http-listen-error.ts';
import { ListenError } from '../../src/listeners/listen-error.ts';
import { enabledListeners, type ListenerSpec } from '../../src/listeners/listener-spec.ts';
import { startFailure } from '../../src/process/start-failure.ts';

const { config } = loadConfig({ env: {}, flags: {}, cwd: '/', text: '' });
const [tcp] = enabledListeners(config.listeners) as [ListenerSpec];
const systemError = (code: string, message: string) => Object.assign(new Error(message), { code });

it.each([
  [
    'the HTTP API',
    new HttpListenError({ host: '::1', port: 8081 }, systemError('EADDRINUSE', 'x')),
    'the HTTP API (http_server) cannot be opened on [::1]:8081: the address is in use by another process [EADDRINUSE]',
  ],
  [
    'the key file of the HTTP API',
    new HttpListenError({ host: '0.0.0.0', port: 8081 }, systemError('ENOENT', "no such file, open 'a.pub'")),
    "the HTTP API (http_server) cannot be opened on 0.0.0.0:8081: no such file, open 'a.pub' [ENOENT]",
  ],
  [
    'a listener',
    new ListenError(tcp, systemError('EADDRINUSE', 'x')),
    'listener tcp:default cannot listen on 0.0.0.0:1883: the address is in use by another process [EADDRINUSE]',
  ],
  [
    'section auth',
    new AuthError('KEY_INVALID', 'a.pem has no keys', { file: 'a.conf', line: 3 }),
    'section auth cannot be used: a.conf:3: a key for tokens is not valid: a.pem has no keys',
  ],
])('%s: one line, and the cause for the log', (_, error, expected) => {
  const failure = startFailure(error);
  expect(failure).toBeInstanceOf(CommandFailure);
  expect(failure).toMatchObject({ message: expected, cause: error });
});

it.each([
  ['what has its words already', new CommandFailure('as it is')],
  ['what nobody expects', new TypeError('odd')],
])('%s stays as it is', (_, error) => {
  expect(startFailure(error)).toBe(error);
});
