import { describe, expect, it } from 'vitest';
import { bindOptions } from '../../src/entry/bind.ts';
import { canReusePort } from '../../src/entry/listen-socket.ts';
import { listenTcp } from '../../src/tcp-listener.ts';

describe('canReusePort', () => {
  it.each([
    ['20.20.2', 'linux', false],
    ['22.11.0', 'linux', false],
    ['22.12.0', 'linux', true],
    ['23.0.0', 'linux', false],
    ['23.1.0', 'linux', true],
    ['24.0.0', 'linux', true],
    ['24.0.0', 'darwin', false],
    ['24.0.0', 'win32', false],
  ])('Node %s on %s: %s', (version, platform, expected) => {
    expect(canReusePort(version, platform)).toBe(expected);
  });
});

describe('what a server is told to listen on', () => {
  const address = { host: '127.0.0.1', port: 1883, backlog: 7 };

  it.each([
    ['a socket of its own', undefined, address],
    ['one that shares its port', { reusePort: true }, { ...address, reusePort: true }],
    ['one that does not', { reusePort: false }, address],
    ['a descriptor, which has an address already', { fd: 9, reusePort: true }, { fd: 9, backlog: 7 }],
  ])('%s', (_, socket, expected) => {
    expect(bindOptions(address, socket)).toEqual(expected);
  });

  it('a Unix socket has no port to share', () => {
    expect(bindOptions({ path: '/run/x.sock' }, { fd: 9 })).toEqual({ fd: 9 });
  });
});

// A shared descriptor needs threads: packages/nanomq/test/e2e/shared-socket.test.ts.
describe('two listeners on one port', () => {
  const open = (port: number, reusePort: boolean) =>
    listenTcp({ host: '127.0.0.1', port, name: 'tcp:default', accept: () => null, socket: { reusePort } });

  it('are refused when the port is not shared', async () => {
    const first = await open(0, false);
    await expect(open(first.port, false)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await first.close();
  });

  // Node 20 has no such option; CI runs newer ones too.
  it.runIf(canReusePort())('share it', async () => {
    const first = await open(0, true);
    const second = await open(first.port, true);
    expect(second.port).toBe(first.port);
    await Promise.all([first.close(), second.close()]);
  });
});
