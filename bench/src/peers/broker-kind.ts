import type { ProtocolVersion } from '../load/load-job.ts';
import type { BrokerSetup } from '../scenarios.ts';

/** Brokers the bench knows, in the order of the tables. */
export const BROKER_NAMES = ['nanomq-ts', 'mosquitto', 'aedes'] as const;

/** Name of a broker in reports. */
export type BrokerName = (typeof BROKER_NAMES)[number];

/** Where a broker is to listen, and where its files may go. */
export interface BrokerPlace {
  /** On 127.0.0.1: of the one listener, whatever it speaks. */
  readonly port: number;
  /** An empty folder of the broker's own, removed with it. */
  readonly folder: string;
  /** `server.pem`, `server.key` and `ca.pem` are in it; null without TLS. */
  readonly certificates: string | null;
  readonly setup: BrokerSetup;
  /** Port of the second broker, which `setup.bridge` leads to; 0 without one. */
  readonly bridgePort: number;
}

/** How to run one kind of broker. */
export interface BrokerKind {
  readonly name: BrokerName;
  readonly protocols: readonly ProtocolVersion[];
  /** Why it cannot be run here, as the end of "left out: ..."; undefined when it can. */
  missing(): string | undefined;
  /** Whether it can be set up so. */
  canBe(setup: BrokerSetup): boolean;
  /** Version as it calls itself, for the report. */
  version(): string;
  /** Writes its configuration and returns program and arguments. */
  command(place: BrokerPlace): readonly string[];
}
