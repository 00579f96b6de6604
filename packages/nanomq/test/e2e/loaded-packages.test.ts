import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from './free-port.ts';
import { NANOMQ } from './started-broker.ts';

/** Packages that cost each command 10 to 100 ms where they are loaded. What only these bring along is not named. */
const COSTLY = 'admin auth bridge config core jsonwebtoken listeners pino taskq ws'.split(' ');

const STARTED_TEXT = 'NanoMQ Broker is started successfully!';

interface Coverage {
  readonly result: readonly { readonly url: string }[];
}

/** Runs a command in a process of its own; a broker is ended as soon as it has started. */
async function packagesOf(words: readonly string[], configuration: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'nanomq-loaded-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'nanomq.conf'), configuration);
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('NANOMQ_'));
  const cover = join(folder, 'cover');
  const child = spawn(process.execPath, [NANOMQ, ...words], {
    cwd: folder,
    env: { ...Object.fromEntries(inherited), NANOMQ_RUN_DIR: join(folder, 'run'), NODE_V8_COVERAGE: cover },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
    if (printed.includes(STARTED_TEXT)) child.kill('SIGTERM');
  });
  child.stdin.end('secret\n');
  await once(child, 'close');
  const loaded = new Set<string>();
  for (const name of await readdir(cover)) {
    const { result }: Coverage = JSON.parse(await readFile(join(cover, name), 'utf8'));
    for (const { url } of result) {
      const [, owner = ''] = /.*\/(?:packages|node_modules)\/([^/]+)\//.exec(url) ?? [];
      loaded.add(owner);
    }
  }
  return COSTLY.filter((name) => loaded.has(name));
}

const HTTP = 'http_server { port = 0, ip_addr = "127.0.0.1" }';
const BRIDGE = 'bridges.mqtt.up { server = "mqtt-tcp://127.0.0.1:9", proto_ver = 4, enable = false }';

it.each([
  ['--version', '', ''],
  ['start --help', '', ''],
  ['status --conf nanomq.conf', '', ''],
  ['passwd users ann', '', 'auth'],
  ['check --conf nanomq.conf', '', 'auth config'],
  ['start --conf nanomq.conf', '', 'auth config core listeners pino'],
  ['start --conf nanomq.conf', HTTP, 'admin auth config core listeners pino'],
  ['start --conf nanomq.conf', BRIDGE, 'auth bridge config core listeners pino ws'],
  ['start --conf nanomq.conf', 'system.num_taskq_thread = 2', 'auth config core listeners pino taskq'],
])('nanomq %s {%s} loads no more than it needs: %s', async (words, configuration, expected) => {
  const listener = `listeners.tcp.bind = "127.0.0.1:${await freePort()}"\n`;
  expect(await packagesOf(words.split(' '), listener + configuration)).toEqual(expected.split(' ').filter(Boolean));
});
