import type { NanomqConfig } from '@nanomq-ts/config';
import type { Logger } from '@nanomq-ts/core';
import type { TextOutput } from '../log/open-log.ts';

/** A listener that accepts connections. */
export interface ListeningAddress {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** What the command needs of a broker; `Broker` of `broker.ts` is one. */
export interface StartableBroker {
  listen(): Promise<readonly ListeningAddress[]>;
  close(): Promise<void>;
}

/** Makes the broker that `nanomq start` runs. */
export type BrokerFactory = (options: {
  readonly config: NanomqConfig;
  readonly logger: Logger;
}) => Promise<StartableBroker>;

/** Signals that end the broker. */
export type StopSignal = 'SIGTERM' | 'SIGINT';

/** The part of `process` that concerns its end. */
export interface ProcessEvents {
  on(event: StopSignal, listener: (signal: StopSignal) => void): unknown;
  on(event: 'uncaughtException', listener: (error: unknown, origin: string) => void): unknown;
  off(event: StopSignal, listener: (signal: StopSignal) => void): unknown;
  off(event: 'uncaughtException', listener: (error: unknown, origin: string) => void): unknown;
  /** Ends the process at once. */
  exit(code: number): void;
}

/** Everything the command touches outside itself, so that tests can run it inside their own process. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  readonly events: ProcessEvents;
  readonly createBroker: BrokerFactory;
  /** Milliseconds of a clock that only goes forward. */
  readonly nowMs: () => number;
}
