import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordedEvents } from '@nanomq-ts/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Listener } from '../src/listener.ts';
import { listenUnix, type UnixListenerOptions } from '../src/unix-listener.ts';

const POLL = { interval: 2, timeout: 10_000 };

describe('listenUnix', () => {
  let folder: string;
  let path: string;
  const listeners: Listener[] = [];

  async function listen(options: Partial<UnixListenerOptions> = {}): Promise<Listener> {
    const listener = await listenUnix({ name: 'unix:default', path, accept: () => new RecordedEvents(), ...options });
    listeners.push(listener);
    return listener;
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nanomq-unix-'));
    path = join(folder, 'broker.sock');
  });

  afterEach(async () => {
    for (const listener of listeners.splice(0)) await listener.close();
    rmSync(folder, { recursive: true });
  });

  it('says what it is', async () => {
    const { name, kind, host, port, tls } = await listen();
    expect({ name, kind, host, port, tls }).toEqual({
      name: 'unix:default',
      kind: 'unix',
      host: path,
      port: 0,
      tls: null,
    });
  });

  it.each([
    ['owner and group by default', undefined, 0o660],
    ['as asked', 0o600, 0o600],
    ['everyone', 0o666, 0o666],
  ])('CVE-2017-9868: lets %s connect', async (_, mode, expected) => {
    await listen(mode === undefined ? {} : { mode });
    expect(statSync(path).mode & 0o777).toBe(expected);
  });

  it('removes its file when it is closed', async () => {
    await (await listen()).close();
    await expect.poll(() => existsSync(path), POLL).toBe(false);
  });

  it('takes the place of a listener that was killed', async () => {
    const code = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', code]);
    expect(existsSync(path)).toBe(true);
    const listener = await listen();
    const socket = connect(path);
    await once(socket, 'connect');
    await expect.poll(() => listener.connectionCount, POLL).toBe(1);
    socket.destroy();
  });

  it('does not take the place of a living listener', async () => {
    await listen();
    await expect(listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const socket = connect(path);
    await once(socket, 'connect');
    socket.destroy();
  });

  it('does not remove a file that is no socket', async () => {
    writeFileSync(path, 'precious');
    await expect(listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(existsSync(path)).toBe(true);
  });

  it('throws the error of the system where no file can be made', async () => {
    await expect(listen({ path: join(folder, 'none', 'x.sock') })).rejects.toMatchObject({ code: 'EACCES' });
  });
});
