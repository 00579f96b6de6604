import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';

/** The command as a user starts it. */
export const NANOMQ = fileURLToPath(new URL('../../bin/nanomq.js', import.meta.url));

/** Longer than any start takes on a busy machine; only a broker that never starts waits this long. */
const START_LIMIT_MS = 20_000;
const RETRY_MS = 25;
const STARTED_TEXT = 'NanoMQ Broker is started successfully!';

/** How a process ended: the exit code, or the signal that killed it. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Ports that were free a moment ago. */
export interface FreePorts {
  readonly mqtt: number;
  readonly http: number;
}

/** A broker in a process of its own, listening on a loopback port that was free a moment ago. */
export interface StartedBroker {
  readonly port: number;
  /** Of the HTTP API, where the configuration has one. */
  readonly httpPort: number;
  /** Its working directory; the end removes it. */
  readonly folder: string;
  /** For commands that are to find it. */
  readonly env: NodeJS.ProcessEnv;
  /** What it has printed so far. */
  readonly printed: () => string;
  readonly url: string;
  readonly process: ChildProcess;
  /** Sends SIGTERM and resolves when the process has ended. May be called again; the signal goes out once. */
  stop(): Promise<Ending>;
}

/**
 * Starts `nanomq start --url nmq-tcp://127.0.0.1:PORT`, or with a file of its own, and waits until the port accepts.
 * @param script         the JavaScript file to run, with the words before the flags
 * @param configuration  the text of `nanomq.conf` in the working directory; it must listen on `mqtt`
 * @throws Error with everything the broker printed, when it ends or does not accept within 20 s
 */
export async function startBroker(
  script: readonly string[] = [NANOMQ, 'start'],
  configuration?: (ports: FreePorts) => string,
): Promise<StartedBroker> {
  const [port, httpPort] = [await freePort(), await freePort()];
  // An empty working directory and no NANOMQ_*: only what the test says configures this broker.
  const folder = await mkdtemp(join(tmpdir(), 'nanomq-e2e-'));
  const env = environmentOf(folder);
  let flags = ['--url', `nmq-tcp://127.0.0.1:${port}`];
  if (configuration !== undefined) {
    await writeFile(join(folder, 'nanomq.conf'), configuration({ mqtt: port, http: httpPort }));
    flags = ['--conf', 'nanomq.conf'];
  }
  // The file of `npm start` turns the HTTP API on: not on the port that a broker of the machine may have.
  const portOfShippedFile = configuration === undefined ? { NANOMQ_HTTP_SERVER__PORT: String(httpPort) } : {};
  const child = spawn(process.execPath, [...script, ...flags], {
    cwd: folder,
    env: { ...env, ...portOfShippedFile },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
  const ended = endingOf(child);

  let isAsked = false;
  const stop = async () => {
    // Not `child.killed`: that is set by any signal, SIGHUP too.
    if (child.exitCode === null && child.signalCode === null && !isAsked) child.kill('SIGTERM');
    isAsked = true;
    const ending = await ended;
    await rm(folder, { recursive: true, force: true });
    return ending;
  };
  // The port of MQTT opens first; the HTTP API and the control socket are there when it says that it has started.
  const isStarted = () => printed.join('').includes(STARTED_TEXT);
  if (!(await acceptsSoon(port, child, isStarted))) {
    child.kill('SIGKILL');
    await stop();
    throw new Error(`the broker did not start listening on port ${port}:\n${printed.join('')}`);
  }
  return {
    port,
    httpPort,
    folder,
    env,
    printed: () => printed.join(''),
    url: `mqtt://127.0.0.1:${port}`,
    process: child,
    stop,
  };
}

function environmentOf(folder: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('NANOMQ_'));
  // Real clients must see no difference between one shard and four.
  const shards = process.env.NANOMQ_TEST_SHARDS;
  const sharded = shards === undefined ? {} : { NANOMQ_SYSTEM__NUM_TASKQ_THREAD: shards };
  return { ...Object.fromEntries(inherited), ...sharded, NANOMQ_RUN_DIR: join(folder, 'run') };
}

/** Resolves with how `child` ends, also when it has ended already. */
export async function endingOf(child: ChildProcess): Promise<Ending> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  return { code: child.exitCode, signal: child.signalCode };
}

async function acceptsSoon(port: number, child: ChildProcess, isStarted: () => boolean): Promise<boolean> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    if (isStarted() && (await accepts(port))) return true;
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
