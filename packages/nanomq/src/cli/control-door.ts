import { join } from 'node:path';
import type { CurrentConfiguration } from '../configuration/current-configuration.ts';
import { brokerMark } from '../control/broker-mark.ts';
import { ControlServer } from '../control/control-server.ts';
import { writePidFile } from '../control/pid-file.ts';
import { runDirectory } from '../control/run-directory.ts';
import type { BrokerProcess } from '../process/broker-process.ts';
import { obeyControl } from '../process/control-orders.ts';
import type { StopRequest } from './stop-request.ts';
import type { Surroundings } from './surroundings.ts';

/** What the commands of other processes act upon. */
export interface ControlDoorSeat {
  readonly running: BrokerProcess;
  readonly configuration: CurrentConfiguration;
  readonly stop: StopRequest;
  readonly surroundings: Surroundings;
}

/**
 * Opens the control socket and writes the PID file. A broker that cannot have them runs all the same and says so: it
 * still takes signals, and a read-only file system must not keep it from its work.
 * @returns what takes both away again
 */
export async function openControl(seat: ControlDoorSeat): Promise<() => Promise<void>> {
  const directory = runDirectory(seat.surroundings.env);
  try {
    const server = await openSocket(seat, directory);
    const removePidFile = writePidFileFor(seat, directory);
    return async () => {
      removePidFile();
      await server.close();
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    seat.running.log.warn({}, `nanomq stop, restart, reload and status cannot reach this broker: ${reason}`);
    return async () => {};
  }
}

function openSocket({ running, configuration, stop, surroundings }: ControlDoorSeat, directory: string) {
  const { cwd, nowMs } = surroundings;
  const orders = {
    process: running,
    file: configuration.path,
    waiting: () => configuration.waiting,
    requestStop: () => stop.request('request'),
    startedMs: nowMs(),
    nowMs,
  };
  const { path: file } = configuration;
  return ControlServer.open({ directory, file, cwd, obey: (command) => obeyControl(command, orders) });
}

/** `NANOMQ_PID_FILE` is NanoMQ's name for it. */
function writePidFileFor({ running, configuration, surroundings }: ControlDoorSeat, directory: string): () => void {
  const { env, cwd } = surroundings;
  const named = env.NANOMQ_PID_FILE ?? '';
  const path = named === '' ? join(directory, `nanomq-${brokerMark(configuration.path, cwd)}.pid`) : named;
  try {
    return writePidFile(path);
  } catch (error) {
    running.log.warn({}, error instanceof Error ? error.message : String(error));
    return () => {};
  }
}
