import { ConfigError, loadConfig } from '@nanomq-ts/config';
import { describe, expect, it } from 'vitest';
import { enabledListeners } from '../../src/listeners/listener-spec.ts';
import { logRefusal, logStart } from '../../src/process/start-notices.ts';
import { RecordingLogger } from '../embedded/recording-logger.ts';

const LISTENERS = [{ name: 'tcp:default', kind: 'tcp', host: '127.0.0.1', port: 1883 }] as const;

function linesOf(text: string, host: string): string[] {
  const { config } = loadConfig({ env: {}, flags: {}, cwd: '/', text: `auth.allow_anonymous = false\n${text}` });
  const log = new RecordingLogger();
  logStart(config, { listeners: LISTENERS, http: { host, port: 8081 } }, log);
  return log.lines.filter((line) => line.includes('HTTP API'));
}

describe('the start log says where the HTTP API listens', () => {
  it.each([
    [
      'a login of its own',
      'http_server.password = own, http_server.enable = true',
      '0.0.0.0',
      'info the HTTP API listens on 0.0.0.0:8081',
    ],
    [
      'the login of the manual',
      'http_server {}',
      '127.0.0.1',
      'warn the HTTP API listens on 127.0.0.1:8081 only, because http_server.username and password are still admin and public and http_server.ip_addr is not set',
    ],
    [
      'the login of the manual at an address that was chosen',
      'http_server.ip_addr = "::"',
      '::',
      'warn the HTTP API listens on [::]:8081, and http_server.username and password are still admin and public: whoever reaches it commands the broker',
    ],
    [
      'no login',
      'http_server.auth_type = no_auth',
      '127.0.0.1',
      'warn the HTTP API listens on 127.0.0.1:8081 only, because http_server.auth_type is no_auth and http_server.ip_addr is not set',
    ],
  ])('%s', (_, text, host, expected) => {
    expect(linesOf(text, host)).toEqual([expected]);
  });
});

describe('the start log says who could come in', () => {
  const TLS = 'certfile = c, keyfile = k, cacertfile = a';
  const OPEN = 'to close it: auth.allow_anonymous = false and auth.password { include "nanomq_pwd.conf" }';

  /** The warnings when everything that `text` configures is open. */
  function warningsOf(text: string): string[] {
    const { config } = loadConfig({ env: {}, flags: {}, cwd: '/', text });
    const kinds = { tcp: 'tcp', ssl: 'tls', ws: 'ws', wss: 'wss', unix: 'unix' } as const;
    const listeners = enabledListeners(config.listeners).map(({ id, section, config: listener }) => {
      const where =
        'path' in listener ? { host: listener.path, port: 0 } : { host: listener.host, port: listener.port };
      return { name: id, kind: kinds[section], ...where };
    });
    const log = new RecordingLogger();
    logStart(config, { listeners, http: null }, log);
    return log.lines.filter((line) => line.startsWith('warn'));
  }

  it.each([
    ['the default', '', '0.0.0.0:1883'],
    [
      'listeners of several kinds',
      `listeners { tcp.bind = 1, ssl { bind = 2, ${TLS} }, ws.bind = "3/mqtt", wss.bind = "[::1]:4/mqtt" }`,
      '0.0.0.0:1, 0.0.0.0:2, 0.0.0.0:3, [::1]:4',
    ],
    [
      'those that need neither a certificate nor a file',
      `listeners { tcp.bind = 1, unix.path = s
        ssl { bind = 2, ${TLS}, verify_peer = true, fail_if_no_peer_cert = true, x { bind = 3, fail_if_no_peer_cert = false } } }`,
      '0.0.0.0:1, 0.0.0.0:3',
    ],
  ])('%s: one line, with the two lines that close it', (_, text, where) => {
    expect(warningsOf(text)).toEqual([`warn anyone who reaches ${where} may connect without a password; ${OPEN}`]);
  });

  it.each([
    ['nobody without a password', 'auth.allow_anonymous = false'],
    ['the hardened profile', 'profile = hardened'],
    ['a Unix socket alone', 'listeners.unix.path = s'],
  ])('%s: no word', (_, text) => {
    expect(warningsOf(text)).toEqual([]);
  });
});

describe('a refusal', () => {
  it('is a line for each problem of a configuration, with its place', () => {
    const log = new RecordingLogger();
    try {
      loadConfig({ env: {}, flags: {}, cwd: '/', text: 'log.level = loud\nmqtt.max_mqueue_len = many' });
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      logRefusal(error, 'refused', log);
    }
    expect(log.lines).toHaveLength(3);
    expect(log.lines[0]).toMatch(/^error <text>:\d:\d+: \S+: the value/);
    expect(log.lines[2]).toBe('error refused');
  });

  it('is one line for any other error', () => {
    const log = new RecordingLogger();
    logRefusal(new Error('disk'), 'refused', log);
    expect(log.lines).toEqual(['error refused']);
  });
});
