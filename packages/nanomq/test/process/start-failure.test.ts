import { loadConfig } from '@nanomq-ts/config';
import { expect, it } from 'vitest';
import { CommandFailure } from '../../src/cli/command-failure.ts';
import { HttpListenError } from '../../src/http-listen-error.ts';
import { startFailure } from '../../src/process/start-failure.ts';

const { config } = loadConfig({ env: {}, flags: {}, cwd: '/', text: '' });
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
    systemError('EADDRINUSE', 'x'),
    'listener default cannot listen on 0.0.0.0:1883: the address is in use by another process [EADDRINUSE]',
  ],
  ['what has its words already', new CommandFailure('as it is'), 'as it is'],
])('%s: one line', (_, error, expected) => {
  expect(startFailure(error, config).message).toBe(expected);
});
