import type { LogConfig } from '@nanomq-ts/config';
import { BanTable } from '@nanomq-ts/core';
import { CurrentConfiguration } from '../configuration/current-configuration.ts';
import { type BrokerLog, openLog } from '../log/open-log.ts';
import { BrokerProcess } from '../process/broker-process.ts';
import { CommandFailure } from './command-failure.ts';
import { type ConfigurationFlags, configurationSources } from './configuration.ts';
import { openControl } from './control-door.ts';
import { faultText } from './fault-text.ts';
import { awaitStopRequest, type StopRequest } from './stop-request.ts';
import type { Surroundings } from './surroundings.ts';

/** The promise is 5 s from the signal to the end of the process; the rest is for the process to unwind. */
const CLOSE_LIMIT_MS = 4_000;

/** What scripts wait for; NanoMQ prints the same. */
const STARTED_TEXT = 'NanoMQ Broker is started successfully!';

/**
 * `nanomq start`: runs the broker until SIGTERM, SIGINT, `nanomq stop` or the HTTP API ends it (clients get
 * DISCONNECT 0x8B). SIGHUP reads the configuration again.
 * @returns exit code 0 after an orderly end, 1 after one that a fault of the broker made necessary
 * @throws ConfigError, LogError, CommandFailure when it cannot start; the message is for the operator
 */
export async function startBroker(flags: ConfigurationFlags, surroundings: Surroundings): Promise<number> {
  const { cwd, stdout, stderr, events, nowMs, createBroker } = surroundings;
  const configuration = new CurrentConfiguration(configurationSources(flags, surroundings));
  const stop = awaitStopRequest(events, nowMs);
  const bans = new BanTable();
  const running = new BrokerProcess({
    configuration,
    openLog: (config: LogConfig) => openLog(config, { cwd, console: stdout, trouble: stderr }),
    compose: (config, logger, control) =>
      createBroker({ config, logger, control, cwd, bans, lost: () => stop.request('fault') }),
    requestStop: () => stop.request('request'),
    lost: (error) => stop.fail(error),
  });
  const endOnFault = faultHandler(() => running.log, surroundings);
  // Refused or not, the log says so.
  const reload = () => void running.reload().catch(() => undefined);
  let closeControl = async () => {};
  events.on('uncaughtException', endOnFault);
  events.on('SIGHUP', reload);
  try {
    await startOrExplain(running, configuration.composed.config.log);
    closeControl = await openControl({ running, configuration, stop, surroundings });
    stdout.write(`${STARTED_TEXT}\n`);
    return await runUntilStopped(running, stop, surroundings);
  } finally {
    events.off('uncaughtException', endOnFault);
    events.off('SIGHUP', reload);
    stop.release();
    running.log.close();
    // Last: whoever asked for the stop waits for it.
    await closeControl();
  }
}

async function startOrExplain(running: BrokerProcess, { targets }: LogConfig): Promise<void> {
  try {
    await running.start();
  } catch (error) {
    // stderr gets this line in any case; who reads the log file does not see stderr.
    const isForFile = error instanceof CommandFailure && targets.includes('file');
    if (isForFile) running.log.fatal({ err: error.cause ?? error }, error.message);
    throw error;
  }
}

async function runUntilStopped(
  running: BrokerProcess,
  stop: StopRequest,
  { events, stderr }: Surroundings,
): Promise<number> {
  const reason = await stop.first;
  const exitCode = reason === 'fault' ? 1 : 0;
  running.log.info({ reason }, 'the broker stops');
  let isClosed = false;
  // Not cleared: it lets the process end by itself, and ends it when something left open does not.
  setTimeout(() => {
    stderr.write(
      isClosed ? 'nanomq: something stayed open after the broker closed\n' : 'nanomq: closing took too long\n',
    );
    events.exit(isClosed ? exitCode : 1);
  }, CLOSE_LIMIT_MS).unref();
  await running.close();
  isClosed = true;
  running.log.info({}, 'the broker has stopped');
  return exitCode;
}

/** A broken invariant ends the process loudly: going on could lose or duplicate messages without a trace. */
function faultHandler(
  log: () => BrokerLog,
  { stderr, events }: Surroundings,
): (error: unknown, origin: string) => void {
  return (error, origin) => {
    log().fatal({ err: error, origin }, 'the broker ends after an error nobody caught');
    log().close();
    stderr.write(`nanomq: an error nobody caught (${origin}): ${faultText(error)}\n`);
    events.exit(1);
  };
}
