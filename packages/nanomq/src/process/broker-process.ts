import type { ChangeReport } from '@nanomq-ts/admin';
import type { LoadedConfig, LogConfig, NanomqConfig } from '@nanomq-ts/config';
import { CommandFailure } from '../cli/command-failure.ts';
import { ConfigControl } from '../configuration/config-control.ts';
import type { CurrentConfiguration } from '../configuration/current-configuration.ts';
import { ListenError } from '../listeners/listen-error.ts';
import type { BrokerLog } from '../log/open-log.ts';
import { joinChanges, type PreparedChange } from '../prepared-change.ts';
import { OrderQueue } from './order-queue.ts';
import type { RunnableBroker, RunningAddresses } from './runnable-broker.ts';
import { startFailure } from './start-failure.ts';
import { logConfigWarnings, logRefusal, logStart, strangerNotice } from './start-notices.ts';

const NO_LISTENER = 'no listener is enabled, so no client could connect (listeners)';

/** What a {@link BrokerProcess} is made from. */
export interface ProcessSeat {
  readonly configuration: CurrentConfiguration;
  /** @throws LogError when the file cannot be used */
  readonly openLog: (config: LogConfig) => BrokerLog;
  readonly compose: (config: NanomqConfig, logger: BrokerLog, control: ConfigControl) => Promise<RunnableBroker>;
  /** Somebody asked over the HTTP API that the process ends. */
  readonly requestStop: () => void;
  /** Neither the new nor the old configuration could be composed: there is no broker any more. */
  readonly lost: (error: unknown) => void;
}

/**
 * What `nanomq start` runs: one composition after another, each made from the configuration that was valid last. It
 * owns the log and carries out reload and restart, one at a time.
 */
export class BrokerProcess {
  readonly control: ConfigControl;
  readonly #seat: ProcessSeat;
  readonly #orders = new OrderQueue();
  #log: BrokerLog;
  #running: RunnableBroker | null = null;
  #isStopping = false;

  /** @throws LogError when the log cannot be opened */
  constructor(seat: ProcessSeat) {
    this.#seat = seat;
    this.#log = seat.openLog(this.#config.log);
    const actions = {
      prepare: (loaded: LoadedConfig) => this.#prepare(loaded),
      overridden: (path: string, origin: string) =>
        this.#log.warn({ path }, `${path} was changed without effect: ${origin} says otherwise`),
      stop: () => seat.requestStop(),
      // Those who asked over the HTTP API have their answer; the log says how it went.
      restart: () => void this.restart().catch(() => undefined),
    };
    this.control = new ConfigControl(seat.configuration, actions, this.#orders);
  }

  /** The log of now: a restart may open another. */
  get log(): BrokerLog {
    return this.#log;
  }

  /** Where the broker listens; null while it does not. */
  get addresses(): RunningAddresses | null {
    return this.#running === null ? null : addressesOf(this.#running);
  }

  /** Opens the broker. @throws CommandFailure when it cannot be opened; nothing is left open */
  start(): Promise<void> {
    return this.#orders.run(() => this.#open(this.#seat.configuration.composed));
  }

  /** Reads the configuration again and applies what can be. @throws ConfigError (rejects), then nothing has changed */
  reload(): Promise<ChangeReport> {
    return this.#orders.run(async () => {
      // Whatever becomes of the configuration: who has moved the log file away says so with SIGHUP.
      this.#log.reopen();
      try {
        const report = await this.control.reloadNow();
        this.#log.info({ ...report }, 'the configuration was read again');
        return report;
      } catch (error) {
        logRefusal(error, 'reload refused, the configuration in use goes on', this.#log);
        throw error;
      }
    });
  }

  /**
   * Ends the composition, clients get 0x8B, and makes another from the configuration as it is now; the process stays.
   * @throws ConfigError, LogError, CommandFailure (rejects) before anything was touched; CommandFailure also when the new
   *   configuration could not be opened and the old one is running again
   */
  restart(): Promise<void> {
    return this.#orders.run(() => this.#restart());
  }

  /** Ends the broker; a restart that has begun does not compose another. */
  async close(): Promise<void> {
    this.#isStopping = true;
    await this.#orders.run(() => this.#closeRunning());
  }

  get #config(): NanomqConfig {
    return this.#seat.configuration.composed.config;
  }

  /** @throws CommandFailure (rejects) for what the broker cannot do; nothing has changed then */
  async #prepare({ config, warnings }: LoadedConfig): Promise<PreparedChange> {
    const change = await this.#prepareBroker(config);
    const saidBefore = this.#strangerNotice();
    const commit = () => {
      logConfigWarnings(warnings, this.#log);
      this.#log.setLevel(config.log.level);
      change.commit();
      const notice = this.#strangerNotice();
      if (notice !== null && notice !== saidBefore) this.#log.warn({}, notice);
      for (const name of change.held) {
        this.#log.warn({ listener: name }, `listener ${name} stays as it is until a restart`);
      }
    };
    return { ...change, commit };
  }

  /** By the configuration that was accepted last. */
  #strangerNotice(): string | null {
    return strangerNotice(this.#seat.configuration.accepted.config, this.#running?.addresses ?? []);
  }

  async #prepareBroker(config: NanomqConfig): Promise<PreparedChange> {
    if (this.#running === null) return joinChanges([]);
    try {
      return await this.#running.prepare(config);
    } catch (error) {
      throw startFailure(error);
    }
  }

  async #restart(): Promise<void> {
    if (this.#isStopping) return;
    const { configuration } = this.#seat;
    const before = configuration.composed;
    const former = this.#log;
    const [next, log] = await this.#prepareRestart();
    log.info({}, 'the broker restarts');
    await this.#closeRunning();
    this.#log = log;
    // SIGTERM came meanwhile.
    if (this.#isStopping) return;
    try {
      await this.#open(next);
      configuration.composedFrom(next);
      if (former !== log) former.close();
    } catch (error) {
      await this.#fallBack(error, before, former);
      throw error;
    }
  }

  /** Whatever is wrong with the new configuration itself shows here, before anything is closed. */
  async #prepareRestart(): Promise<readonly [next: LoadedConfig, log: BrokerLog]> {
    try {
      const next = this.#seat.configuration.read();
      await this.#tryOut(next.config);
      return [next, this.#logFor(next.config.log)];
    } catch (error) {
      logRefusal(error, 'restart refused, the broker goes on as it is', this.#log);
      throw error;
    }
  }

  /** Users, keys, certificates, addresses: tried out while the broker still runs. @throws CommandFailure (rejects) */
  async #tryOut(config: NanomqConfig): Promise<void> {
    try {
      const trial = await this.#prepareBroker(config);
      await trial.discard();
    } catch (error) {
      // The address may be the one that our own HTTP API gives up for it.
      const cause = error instanceof CommandFailure ? error.cause : null;
      if (!(cause instanceof ListenError && cause.code === 'EADDRINUSE')) throw error;
    }
  }

  async #fallBack(error: unknown, before: LoadedConfig, former: BrokerLog): Promise<void> {
    const failed = this.#log;
    const text = error instanceof Error ? error.message : String(error);
    failed.error({ err: error }, `${text}; the configuration before it is used again`);
    this.#log = former;
    if (failed !== former) failed.close();
    former.setLevel(before.config.log.level);
    try {
      if (this.#isStopping) return;
      await this.#open(before);
      this.#seat.configuration.composedFrom(before);
    } catch (lost) {
      this.#seat.lost(lost);
    }
  }

  /** The log that is open when nothing but its level changes. */
  #logFor(next: LogConfig): BrokerLog {
    const { level: _, ...now } = this.#config.log;
    const { level, ...then } = next;
    if (JSON.stringify(now) !== JSON.stringify(then)) return this.#seat.openLog(next);
    this.#log.setLevel(level);
    return this.#log;
  }

  async #open({ config, warnings }: LoadedConfig): Promise<void> {
    const log = this.#log;
    logConfigWarnings(warnings, log);
    const broker = await this.#composeFrom(config, log);
    try {
      const listeners = await broker.listen();
      if (listeners.length === 0) throw new CommandFailure(NO_LISTENER);
      this.#running = broker;
      logStart(config, addressesOf(broker), log);
    } catch (error) {
      // Whatever did open must not keep the process alive.
      await broker.close().catch((cause: unknown) => log.error({ err: cause }, 'the broker did not close'));
      throw startFailure(error);
    }
  }

  async #closeRunning(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    await running?.close();
  }

  async #composeFrom(config: NanomqConfig, log: BrokerLog): Promise<RunnableBroker> {
    try {
      return await this.#seat.compose(config, log, this.control);
    } catch (error) {
      throw startFailure(error);
    }
  }
}

function addressesOf({ addresses, httpAddress }: RunnableBroker): RunningAddresses {
  return { listeners: addresses, http: httpAddress };
}
