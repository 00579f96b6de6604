import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CHECKOUT } from '../checkout.ts';
import { startChild, stopChild } from '../child-processes.ts';
import { freePort } from '../free-port.ts';
import { connectFrame } from '../load/load-frames.ts';
import { LoadSocket } from '../load/load-socket.ts';
import { BROKER_CORE, pinnedTo } from '../pinning.ts';
import type { BrokerSetup } from '../scenarios.ts';
import type { BrokerKind, BrokerName } from './broker-kind.ts';
import { carriesSoon } from './carries-soon.ts';

const READY_LIMIT_MS = 15_000;
const READY_POLL_MS = 20;
const ANSWER_LIMIT_MS = 2000;
const LOG_TAIL_CHARACTERS = 2000;

/** A broker that answers a CONNECT. */
export interface RunningBroker {
  readonly name: BrokerName;
  readonly pid: number;
  readonly port: number;
  /** Of the broker that a bridge leads to; without one the same as `port`. */
  readonly subscriberPort: number;
  stop(): Promise<void>;
}

/**
 * Starts a broker on a free port and its own core; where the setup has a bridge, first the broker it leads to, on the
 * same core.
 * @throws when one ends, or answers no CONNECT within 15 s, or the bridge carries nothing in this time; the text holds
 *   the end of its output
 */
export async function startBroker(
  kind: BrokerKind,
  setup: BrokerSetup,
  cores: number | string = BROKER_CORE,
): Promise<RunningBroker> {
  if (setup.bridge === null) return startAlone(kind, setup, 0, cores);
  const far = await startAlone(kind, { ...setup, bridge: null }, 0, cores);
  try {
    const near = await startAlone(kind, setup, far.port, cores);
    const stop = async (): Promise<void> => {
      await Promise.all([near.stop(), far.stop()]);
    };
    if (await carriesSoon(near.port, far.port, READY_LIMIT_MS)) return { ...near, subscriberPort: far.port, stop };
    await near.stop();
    throw new Error(`the bridge of ${kind.name} carried nothing within 15 s`);
  } catch (error) {
    await far.stop();
    throw error;
  }
}

async function startAlone(
  kind: BrokerKind,
  setup: BrokerSetup,
  bridgePort: number,
  cores: number | string,
): Promise<RunningBroker> {
  const folder = mkdtempSync(join(tmpdir(), `bench-${kind.name}-`));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  const port = await freePort();
  const certificates = setup.carrier === 'tls' ? newCertificates(folder) : null;
  const log = join(folder, 'output.log');
  const output = openSync(log, 'w');
  const child = startChild(pinnedTo(cores, kind.command({ port, folder, certificates, setup, bridgePort })), output);
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
    if (await answersConnect(port, setup))
      return { name: kind.name, pid: child.pid ?? 0, port, subscriberPort: port, stop };
    await sleep(READY_POLL_MS);
  }
  const tail = readFileSync(log, 'utf8').slice(-LOG_TAIL_CHARACTERS);
  await stop();
  throw new Error(`${kind.name} did not start: ${ended ?? 'no CONNACK within 15 s'}\n${tail}`);
}

/** Certificates of their own for a broker. @returns the folder they are in */
function newCertificates(folder: string): string {
  const certificates = join(folder, 'certificates');
  execFileSync(join(CHECKOUT, 'etc/certs/make-dev-certs.sh'), [certificates], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return certificates;
}

/** True when a CONNECT is answered by a CONNACK that accepts it. */
function answersConnect(port: number, { carrier, user }: BrokerSetup): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (answers: boolean): void => {
      clearTimeout(limit);
      socket.close();
      resolve(answers);
    };
    const limit = setTimeout(() => settle(false), ANSWER_LIMIT_MS);
    const socket = new LoadSocket(
      { port, carrier },
      {
        frame: (firstByte, bytes, bodyAt) => settle(firstByte === 0x20 && bytes[bodyAt + 1] === 0),
        chunkEnded: () => {},
        drained: () => {},
        failed: () => settle(false),
      },
    );
    socket.write(connectFrame('bench-ready', 4, user));
  });
}
