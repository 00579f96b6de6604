import { createServer, type Server } from 'node:net';
import { loadConfig } from '@nanomq-ts/config';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSharedDoors } from '../../src/pool/shared-doors.ts';

const configFor = (port: number) =>
  loadConfig({ env: {}, flags: {}, cwd: '/', text: `listeners.tcp.bind = "127.0.0.1:${port}"` }).config;

async function listening(port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { server, port: (server.address() as { port: number }).port };
}

describe.each([
  ['a socket for each shard', true],
  ['one descriptor for all', false],
])('openSharedDoors with %s', (_, isSpread) => {
  it('refuses an address that another process listens on', async () => {
    const { port } = await listening();
    const opened = openSharedDoors(configFor(port), isSpread);
    await expect(opened).rejects.toMatchObject({
      name: 'ListenError',
      code: 'EADDRINUSE',
      spec: { id: 'tcp:default' },
    });
  });

  it('leaves an address free that no shard has used', async () => {
    const { server, port } = await listening();
    await new Promise((resolve) => server.close(resolve));
    (await openSharedDoors(configFor(port), isSpread)).discard();
    expect((await listening(port)).port).toBe(port);
  });
});
