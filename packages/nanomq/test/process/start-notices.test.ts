import { ConfigError, loadConfig } from '@nanomq-ts/config';
import { describe, expect, it } from 'vitest';
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
