import { type Bridge, Bridges, openStream } from '@nanomq-ts/bridge';
import type { NanomqConfig } from '@nanomq-ts/config';
import type { Clock, Logger, Shard } from '@nanomq-ts/core';
import type { PreparedChange } from '../prepared-change.ts';
import { bridgeSwitches } from './bridge-settings.ts';

/** What the bridges of a broker stand on. */
export interface BridgesSeat {
  /** The shard of the main thread. */
  readonly shard: Shard;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Files of the configuration are relative to it. */
  readonly cwd: string;
  /** Names this broker among those that bridges connect. */
  readonly brokerId: string;
}

/** The bridges of one configuration after the other. It lives once: `watch`, `open`, any number of `prepare`, `close`. */
export class OpenBridges {
  readonly #seat: BridgesSeat;
  #bridges: Bridges | null = null;
  #isOpen = false;

  constructor(seat: BridgesSeat) {
    this.#seat = seat;
  }

  /** Notes what is subscribed to, for transparent bridges: before anybody can subscribe. */
  watch({ bridges, mqtt }: NanomqConfig): void {
    if (bridges.length > 0) this.#bridges ??= this.#begin(mqtt.sysIntervalMs);
  }

  /** Begins to connect. */
  open(config: NanomqConfig): void {
    this.#isOpen = true;
    this.#apply(config);
  }

  /** Makes other bridges ready; those that stay as they are notice nothing. */
  prepare(config: NanomqConfig): PreparedChange {
    const commit = () => {
      if (this.#isOpen) this.#apply(config);
    };
    return { held: [], commit, discard: async () => {} };
  }

  /** A bridge that is on. */
  find(name: string): Bridge | undefined {
    return this.#bridges?.find(name);
  }

  /** Ends all bridges; what waits in them is dropped and counted. */
  close(): void {
    this.#isOpen = false;
    this.#bridges?.close();
    this.#bridges = null;
  }

  /** A broker without bridges does without what they need. */
  #apply(config: NanomqConfig): void {
    this.watch(config);
    this.#bridges?.apply(bridgeSwitches(config.bridges, this.#seat.cwd));
  }

  #begin(sysIntervalMs: number): Bridges {
    const { shard, clock, logger, brokerId } = this.#seat;
    const seat = { shard, clock, logger, brokerId, openStream, random: Math.random };
    // Not the shard's: one of several shards publishes no statistics.
    return new Bridges(seat, sysIntervalMs);
  }
}
