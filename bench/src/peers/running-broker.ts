import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild, stopChild } from '../child-processes.ts';
import { connectFrame } from '../load/load-frames.ts';
import { BROKER_CORE, pinnedTo } from '../pinning.ts';
import type { BrokerKind, BrokerName } from './broker-kind.ts';

const READY_LIMIT_MS = 15_000;
const READY_POLL_MS = 20;
const LOG_TAIL_CHARACTERS = 2000;

/** A broker that answers a CONNECT. */
export interface RunningBroker {
  readonly name: BrokerName;
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Starts a broker on a free port and its own core.
 * @throws when it ends, or answers no CONNECT within 15 s; the text holds the end of its output
 */
export async function startBroker(kind: BrokerKind): Promise<RunningBroker> {
  const folder = mkdtempSync(join(tmpdir(), `bench-${kind.name}-`));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  const port = await freePort();
  const log = join(folder, 'output.log');
  const output = openSync(log, 'w');
  const child = startChild(pinnedTo(BROKER_CORE, kind.command({ port, folder })), output);
  closeSync(output);
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended ??= `it ended with ${signal ?? `code ${code}`}`;
  });
  const stop = async (): Promise<void> => {
    await stopChild(child);
    process.off('exit', removeFolder);
    removeFolder();
  };
  const limit = performance.now() + READY_LIMIT_MS;
  while (ended === undefined && performance.now() < limit) {
    if (await answersConnect(port)) return { name: kind.name, pid: child.pid ?? 0, port, stop };
    await sleep(READY_POLL_MS);
  }
  const tail = readFileSync(log, 'utf8').slice(-LOG_TAIL_CHARACTERS);
  await stop();
  throw new Error(`${kind.name} did not start: ${ended ?? 'no CONNACK within 15 s'}\n${tail}`);
}

/** A port that was free a moment ago: nothing else on a bench machine takes ports by number. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

/** True when a CONNECT is answered by a CONNACK that accepts it. */
async function answersConnect(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write(connectFrame('bench-ready', 4));
    const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(2000) })) as [Buffer];
    return answer[0] === 0x20 && answer[3] === 0;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
