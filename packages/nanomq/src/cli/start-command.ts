import { formatWarning, type LoadedConfig } from '@nanomq-ts/config';
import { type BrokerLog, openLog } from '../log/open-log.ts';
import { CommandFailure } from './command-failure.ts';
import { type ConfigurationFlags, loadConfiguration } from './configuration.ts';
import { faultText } from './fault-text.ts';
import { addressText, describeListenFailure } from './listen-failure.ts';
import { awaitStopRequest, type StopRequest } from './stop-request.ts';
import type { ListeningAddress, StartableBroker, Surroundings } from './surroundings.ts';

/** The promise is 5 s from the signal to the end of the process; the rest is for the process to unwind. */
const CLOSE_LIMIT_MS = 4_000;

/** What scripts wait for; NanoMQ prints the same. */
const STARTED_TEXT = 'NanoMQ Broker is started successfully!';

/** Each of these two lines of configuration alone keeps strangers out. */
const CLOSING_LINES = ['auth.allow_anonymous = false', 'listeners.tcp.bind = "127.0.0.1:1883"'] as const;

/**
 * `nanomq start`: runs the broker until SIGTERM or SIGINT, then closes it (clients get DISCONNECT 0x8B).
 * @returns exit code 0 after an orderly end
 * @throws ConfigError, LogError, CommandFailure when it cannot start; the message is for the operator
 */
export async function startBroker(flags: ConfigurationFlags, surroundings: Surroundings): Promise<number> {
  const { cwd, stdout, stderr, events, nowMs } = surroundings;
  const loaded = loadConfiguration(flags, surroundings);
  const log = openLog(loaded.config.log, { cwd, console: stdout, trouble: stderr });
  const stop = awaitStopRequest(events, nowMs);
  const endOnFault = faultHandler(log, surroundings);
  events.on('uncaughtException', endOnFault);
  try {
    const broker = await openBroker(loaded, log, surroundings);
    return await runUntilStopped(broker, stop, log, surroundings);
  } finally {
    events.off('uncaughtException', endOnFault);
    stop.release();
    log.close();
  }
}

async function openBroker(loaded: LoadedConfig, log: BrokerLog, surroundings: Surroundings): Promise<StartableBroker> {
  const { config, warnings } = loaded;
  for (const warning of warnings) log.warn({ code: warning.code }, formatWarning(warning));
  const broker = await surroundings.createBroker({ config, logger: log });
  const addresses = await listenOrExplain(broker, loaded, log);
  for (const { name, host, port } of addresses) {
    log.info({ listener: name }, `listener ${name} accepts MQTT on ${addressText(host, port)}`);
  }
  if (config.auth.allowAnonymous) log.warn({}, anonymousNotice(addresses));
  surroundings.stdout.write(`${STARTED_TEXT}\n`);
  return broker;
}

async function listenOrExplain(
  broker: StartableBroker,
  { config }: LoadedConfig,
  log: BrokerLog,
): Promise<readonly ListeningAddress[]> {
  try {
    const addresses = await broker.listen();
    if (addresses.length > 0) return addresses;
    throw new CommandFailure('no listener is enabled, so no client could connect (listeners.tcp)');
  } catch (error) {
    // Whatever did open must not keep the process alive.
    await broker.close().catch((cause: unknown) => log.error({ err: cause }, 'the broker did not close'));
    const failure =
      error instanceof CommandFailure
        ? error
        : new CommandFailure(describeListenFailure(error, config.listeners.tcp), { cause: error });
    // stderr gets this line in any case; who reads the log file does not see stderr.
    if (config.log.targets.includes('file')) log.fatal({ err: error }, failure.message);
    throw failure;
  }
}

function anonymousNotice(addresses: readonly ListeningAddress[]): string {
  const where = addresses.map(({ host, port }) => addressText(host, port)).join(', ');
  return `anyone who reaches ${where} may connect without a password; to close it: ${CLOSING_LINES.join(' or ')}`;
}

async function runUntilStopped(
  broker: StartableBroker,
  stop: StopRequest,
  log: BrokerLog,
  { events, stderr }: Surroundings,
): Promise<number> {
  const signal = await stop.first;
  log.info({ signal }, 'the broker stops');
  let isClosed = false;
  // Not cleared: it lets the process end by itself, and ends it when something left open does not.
  setTimeout(() => {
    stderr.write(
      isClosed ? 'nanomq: something stayed open after the broker closed\n' : 'nanomq: closing took too long\n',
    );
    events.exit(isClosed ? 0 : 1);
  }, CLOSE_LIMIT_MS).unref();
  await broker.close();
  isClosed = true;
  log.info({}, 'the broker has stopped');
  return 0;
}

/** A broken invariant ends the process loudly: going on could lose or duplicate messages without a trace. */
function faultHandler(log: BrokerLog, { stderr, events }: Surroundings): (error: unknown, origin: string) => void {
  return (error, origin) => {
    log.fatal({ err: error, origin }, 'the broker ends after an error nobody caught');
    log.close();
    stderr.write(`nanomq: an error nobody caught (${origin}): ${faultText(error)}\n`);
    events.exit(1);
  };
}
