import { once } from 'node:events';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askBroker } from '../../src/control/ask-broker.ts';
import { brokerMark, socketName } from '../../src/control/broker-mark.ts';
import type { ControlCommand } from '../../src/control/control-message.ts';
import { ControlServer, type ControlServerOptions } from '../../src/control/control-server.ts';
import { temporaryFolder } from '../cli/fake-surroundings.ts';

const LIMIT_MS = 10_000;

async function openServer(options: Partial<ControlServerOptions> = {}) {
  const obeyed: ControlCommand[] = [];
  const server = await ControlServer.open({
    directory: temporaryFolder(),
    file: '/a.conf',
    cwd: '/',
    obey: async (command) => {
      obeyed.push(command);
      return { ok: command !== 'reload', text: `did ${command}` };
    },
    ...options,
  });
  onTestFinished(() => server.close());
  return { server, obeyed };
}

/** What comes back for `bytes`, until the server hangs up. */
async function exchange(path: string, bytes: string | Buffer): Promise<string> {
  const socket = connect(path);
  const chunks: string[] = [];
  socket.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  return chunks.join('');
}

describe('the control socket', () => {
  it('has mode 0600 and is gone after the end', async () => {
    const { server } = await openServer();
    expect(statSync(server.path).mode & 0o777).toBe(0o600);
    await server.close();
    expect(existsSync(server.path)).toBe(false);
  });

  it('answers a command with its outcome, its process and its file', async () => {
    const { server, obeyed } = await openServer();
    const [status, reload] = [
      await askBroker(server.path, 'status', LIMIT_MS),
      await askBroker(server.path, 'reload', LIMIT_MS),
    ];
    expect(status).toEqual({
      kind: 'reply',
      reply: { ok: true, pid: process.pid, file: '/a.conf', text: 'did status' },
    });
    expect(reload).toMatchObject({ reply: { ok: false, text: 'did reload' } });
    expect(obeyed).toEqual(['status', 'reload']);
  });

  it('lets those who asked for the stop wait until it hangs up', async () => {
    const { server } = await openServer();
    let hasEnded = false;
    const stop = askBroker(server.path, 'stop', LIMIT_MS).then((call) => {
      expect(hasEnded).toBe(true);
      return call;
    });
    await askBroker(server.path, 'status', LIMIT_MS);
    hasEnded = true;
    await server.close();
    expect(await stop).toMatchObject({ kind: 'reply', reply: { text: 'did stop' } });
  });

  it.each([
    ['no JSON', 'stop\n'],
    ['an unknown word', '{"command":"fly"}\n'],
    ['a line without an end', Buffer.alloc(2000, 'a')],
  ])('refuses %s without obeying', async (_, bytes) => {
    const { server, obeyed } = await openServer();
    expect(JSON.parse(await exchange(server.path, bytes))).toMatchObject({ ok: false, text: 'not a command' });
    expect(obeyed).toEqual([]);
  });

  it('takes a line in pieces, and a caller that closes its side after it', async () => {
    const { server } = await openServer();
    const socket = connect(server.path);
    const answer = once(socket.setEncoding('utf8'), 'data');
    for (const piece of ['{"comm', 'and":"status"}', '\n']) {
      await new Promise((resolve) => socket.write(piece, resolve));
    }
    socket.end();
    expect((await answer)[0]).toContain('did status');
  });

  it('hangs up on a caller that says nothing', async () => {
    const { server } = await openServer({ requestTimeoutMs: 1 });
    const socket = connect(server.path);
    await once(socket, 'close');
  });

  it('hangs up on a caller that closes its side without a line', async () => {
    const { server, obeyed } = await openServer();
    const socket = connect(server.path);
    socket.end('{"command":"stop"}');
    await once(socket.resume(), 'close');
    expect(obeyed).toEqual([]);
  });

  it('takes the place of a leftover of its own process identifier', async () => {
    const directory = temporaryFolder();
    const path = join(directory, socketName(brokerMark('/a.conf', '/'), process.pid));
    writeFileSync(path, 'left by a killed broker');
    const { server } = await openServer({ directory });
    expect(await askBroker(server.path, 'status', LIMIT_MS)).toMatchObject({ kind: 'reply' });
  });

  it('rejects when the path is longer than a socket may have', async () => {
    const directory = join(temporaryFolder(), 'x'.repeat(120));
    mkdirSync(directory, { mode: 0o700 });
    await expect(openServer({ directory })).rejects.toThrow();
  });
});

describe('asking', () => {
  it('a socket that nobody listens on: gone', async () => {
    expect(await askBroker(join(temporaryFolder(), 'none.sock'), 'status', LIMIT_MS)).toEqual({ kind: 'gone' });
  });

  it('a broker that is too slow: the caller gives up', async () => {
    const { server } = await openServer({ obey: () => new Promise(() => undefined) });
    const call = await askBroker(server.path, 'status', 1);
    expect(call).toEqual({ kind: 'failed', reason: 'no answer within 0.001 s' });
  });

  it('a broker that hangs up without an answer', async () => {
    const { server } = await openServer({ obey: () => new Promise(() => undefined) });
    const call = askBroker(server.path, 'status', LIMIT_MS);
    // Callers are accepted in their order: when this one has its answer, the other is in.
    await exchange(server.path, '?\n');
    await server.close();
    expect(await call).toEqual({ kind: 'failed', reason: 'it hung up' });
  });
});
