import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The command as a user starts it. */
export const NANOMQ = fileURLToPath(new URL('../../bin/nanomq.js', import.meta.url));

/** Longer than any start takes on a busy machine; only a broker that never starts waits this long. */
const START_LIMIT_MS = 20_000;
const RETRY_MS = 25;

/** How a process ended: the exit code, or the signal that killed it. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A broker in a process of its own, listening on a loopback port that was free a moment ago. */
export interface StartedBroker {
  readonly port: number;
  readonly url: string;
  readonly process: ChildProcess;
  /** Sends SIGTERM and resolves when the process has ended. May be called again; the signal goes out once. */
  stop(): Promise<Ending>;
}

/**
 * Starts `nanomq start --url nmq-tcp://127.0.0.1:PORT` and waits until the port accepts.
 * @param script  the JavaScript file to run, with the words before `--url`
 * @throws Error with everything the broker printed, when it ends or does not accept within 20 s
 */
export async function startBroker(script: readonly string[] = [NANOMQ, 'start']): Promise<StartedBroker> {
  const port = await freePort();
  // An empty working directory and no NANOMQ_*: only what the test says configures this broker.
  const folder = await mkdtemp(join(tmpdir(), 'nanomq-e2e-'));
  const environment = Object.entries(process.env).filter(([name]) => !name.startsWith('NANOMQ_'));
  const child = spawn(process.execPath, [...script, '--url', `nmq-tcp://127.0.0.1:${port}`], {
    cwd: folder,
    env: Object.fromEntries(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
  const ended = endingOf(child);

  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null && !child.killed) child.kill('SIGTERM');
    const ending = await ended;
    await rm(folder, { recursive: true, force: true });
    return ending;
  };
  if (!(await acceptsSoon(port, child))) {
    child.kill('SIGKILL');
    await stop();
    throw new Error(`the broker did not start listening on port ${port}:\n${printed.join('')}`);
  }
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    process: child,
    stop,
  };
}

/** Resolves with how `child` ends, also when it has ended already. */
export async function endingOf(child: ChildProcess): Promise<Ending> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  return { code: child.exitCode, signal: child.signalCode };
}

/** The command line takes no port 0, so ask the system for a free one and give it back. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address with a port');
  return address.port;
}

async function acceptsSoon(port: number, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    if (await accepts(port)) return true;
    await wait(RETRY_MS);
  }
  return false;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
