import type { NanomqConfig } from '@nanomq-ts/config';
import type { BanTable, Logger } from '@nanomq-ts/core';
import type { ConfigurationSeat } from '../administration/configuration-seat.ts';
import type { TextOutput } from '../log/open-log.ts';
import type { RunnableBroker } from '../process/runnable-broker.ts';
import type { PasswordInput } from './read-password.ts';

/** Makes the broker that `nanomq start` runs: one for each configuration it is started or restarted with. */
export type BrokerFactory = (options: {
  readonly config: NanomqConfig;
  readonly logger: Logger;
  /** What the HTTP API may do with the configuration and the process. */
  readonly control: ConfigurationSeat;
  readonly cwd: string;
  /** Outlives a restart inside the process. */
  readonly bans: BanTable;
  /** Called when the broker cannot go on as a whole: it is to be closed, and the process to end. The log says why. */
  readonly lost: () => void;
}) => Promise<RunnableBroker>;

/** Signals that end the broker. */
export type StopSignal = 'SIGTERM' | 'SIGINT';

/** The part of `process` that concerns signals and its end. */
export interface ProcessEvents {
  on(event: StopSignal | 'SIGHUP', listener: (signal: StopSignal) => void): unknown;
  on(event: 'uncaughtException', listener: (error: unknown, origin: string) => void): unknown;
  off(event: StopSignal | 'SIGHUP', listener: (signal: StopSignal) => void): unknown;
  off(event: 'uncaughtException', listener: (error: unknown, origin: string) => void): unknown;
  /** Ends the process at once. */
  exit(code: number): void;
}

/** Everything the command touches outside itself, so that tests can run it inside their own process. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly stdin: PasswordInput;
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  readonly events: ProcessEvents;
  readonly createBroker: BrokerFactory;
  /** Milliseconds of a clock that only goes forward. */
  readonly nowMs: () => number;
}
