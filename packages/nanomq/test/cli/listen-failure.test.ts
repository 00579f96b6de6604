import { createServer } from 'node:net';
import { loadConfig } from '@nanomq-ts/config';
import { describe, expect, it } from 'vitest';
import { describeListenFailure } from '../../src/cli/listen-failure.ts';
import { ListenError } from '../../src/listeners/listen-error.ts';
import { enabledListeners } from '../../src/listeners/listener-spec.ts';

/** The error of the one listener that `text` configures. */
function failureOf(text: string, cause: unknown): string {
  const { config } = loadConfig({ env: {}, flags: {}, cwd: '/', text });
  const [spec] = enabledListeners(config.listeners);
  if (spec === undefined) throw new Error('no listener');
  return describeListenFailure(new ListenError(spec, cause));
}

const failure = (code: string) => Object.assign(new Error('text of Node'), { code });

describe('describeListenFailure', () => {
  it.each([
    [
      'an address in use',
      'listeners.tcp.inner.bind = "127.0.0.1:1883"',
      failure('EADDRINUSE'),
      'listener tcp:inner cannot listen on 127.0.0.1:1883: the address is in use by another process [EADDRINUSE]',
    ],
    [
      'a port that needs a privilege',
      '',
      failure('EACCES'),
      'listener tcp:default cannot listen on 0.0.0.0:1883: this user may not use the port (ports below 1024 need a privilege) [EACCES]',
    ],
    [
      'an IPv6 address',
      'listeners.ws.bind = "[::1]:8083/mqtt"',
      failure('EADDRNOTAVAIL'),
      'listener ws:default cannot listen on [::1]:8083: this machine has no such address [EADDRNOTAVAIL]',
    ],
    [
      'a Unix socket',
      'listeners.unix.path = "/run/m.sock"',
      failure('EADDRINUSE'),
      'listener unix:default cannot listen on /run/m.sock: the address is in use by another process [EADDRINUSE]',
    ],
    [
      'certificates',
      'listeners.ssl { bind = "127.0.0.1:8883", certfile = c, keyfile = k }',
      Object.assign(new Error('/c: the file cannot be read'), { code: 'TLS_FILE_UNREADABLE' }),
      'listener ssl:default cannot listen on 127.0.0.1:8883: /c: the file cannot be read [TLS_FILE_UNREADABLE]',
    ],
    ['an unknown code', '', failure('EODD'), 'listener tcp:default cannot listen on 0.0.0.0:1883: text of Node [EODD]'],
    ['what is no error', '', 'odd', 'listener tcp:default cannot listen on 0.0.0.0:1883: odd'],
  ])('%s', (_, text, cause, expected) => {
    expect(failureOf(text, cause)).toBe(expected);
  });

  it.each([
    ['a host without an address', 'nowhere.invalid'],
    ['an address of another machine', '192.0.2.1'],
  ])('reads the errors of this Node: %s', async (_, host) => {
    const error = await new Promise((resolve) => createServer().once('error', resolve).listen(1, host));
    expect(failureOf('', error)).toMatch(/^listener tcp:default cannot listen on 0\.0\.0\.0:1883: .* \[E[A-Z_]+\]$/);
  });
});
