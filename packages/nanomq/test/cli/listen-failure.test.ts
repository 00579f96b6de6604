import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { addressText, type ConfiguredListener, describeListenFailure } from '../../src/cli/listen-failure.ts';

const listener = (name: string, host: string, port: number, enable = true): ConfiguredListener => ({
  name,
  host,
  port,
  enable,
});
const LISTENERS = [
  listener('off', '127.0.0.1', 1883, false),
  listener('default', '0.0.0.0', 1883),
  listener('inner', '127.0.0.1', 1883),
  listener('six', '::1', 1884),
];
const failure = (members: object) => Object.assign(new Error('text of Node'), members);

describe('describeListenFailure', () => {
  it.each([
    [
      'EADDRINUSE',
      { code: 'EADDRINUSE', address: '127.0.0.1', port: 1883 },
      /^listener inner cannot listen on 127\.0\.0\.1:1883: the address is in use by another process \[EADDRINUSE\]$/,
    ],
    [
      'EACCES',
      { code: 'EACCES', address: '0.0.0.0', port: 1883 },
      /^listener default .* 0\.0\.0\.0:1883: this user may not/,
    ],
    [
      'an IPv6 address',
      { code: 'EADDRNOTAVAIL', address: '::1', port: 1884 },
      /^listener six .* \[::1\]:1884: this machine has no such/,
    ],
    [
      'a host that is not known',
      { code: 'ENOTFOUND', hostname: '::1' },
      /^listener six .* \[::1\]:1884: the host name/,
    ],
    ['a port alone', { code: 'EADDRINUSE', port: 1884 }, /^listener six cannot listen on \[::1\]:1884/],
    [
      'no address: names no listener',
      { code: 'EMFILE' },
      /^listener cannot listen on .*no file descriptors left \[EMFILE\]$/,
    ],
    ['an unknown code', { code: 'EODD', address: '::1', port: 1884 }, /: text of Node \[EODD\]$/],
    ['an error without members', {}, /: text of Node$/],
  ])('%s', (_, members, expected) => {
    expect(describeListenFailure(failure(members), LISTENERS)).toMatch(expected);
  });

  it('names the only listener there is, whatever the error says', () => {
    const text = describeListenFailure('odd', [listener('default', '127.0.0.1', 9)]);
    expect(text).toBe('listener default cannot listen on 127.0.0.1:9: odd');
  });

  it.each([
    ['a host without an address', 'nowhere.invalid', 1],
    ['an address of another machine', '192.0.2.1', 1],
  ])('reads the errors of this Node: %s', async (_, host, port) => {
    const error = await new Promise((resolve) => createServer().once('error', resolve).listen(port, host));
    const text = describeListenFailure(error, [listener('default', '0.0.0.0', 1), listener('it', host, port)]);
    expect(text.startsWith(`listener it cannot listen on ${host}:${port}: `)).toBe(true);
    expect(text).toMatch(/\[E[A-Z_]+\]$/);
  });
});

describe('addressText', () => {
  it.each([
    ['0.0.0.0', 1883, '0.0.0.0:1883'],
    ['::', 1883, '[::]:1883'],
    ['localhost', 0, 'localhost:0'],
    [undefined, undefined, '?:?'],
  ])('%s and %s', (host, port, expected) => {
    expect(addressText(host, port)).toBe(expected);
  });
});
