import type { Bridge, Bridges } from '@nanomq-ts/bridge';
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

type BridgePackage = typeof import('@nanomq-ts/bridge');

/** The bridges of one configuration after the other. It lives once: `watch`, `open`, any number of `prepare`, `close`. */
export class OpenBridges {
  readonly #seat: BridgesSeat;
  /** Null: not needed yet. */
  #package: BridgePackage | null = null;
  #bridges: Bridges | null = null;
  #state: 'watching' | 'open' | 'closed' = 'watching';

  constructor(seat: BridgesSeat) {
    this.#seat = seat;
  }

  /** Notes what is subscribed to, for transparent bridges: before anybody can subscribe. */
  async watch(config: NanomqConfig): Promise<void> {
    await this.#load(config);
    this.#begin(config);
  }

  /** Begins to connect. */
  open(config: NanomqConfig): void {
    if (this.#state !== 'watching') return;
    this.#state = 'open';
    this.#apply(config);
  }

  /** Makes other bridges ready; those that stay as they are notice nothing. */
  async prepare(config: NanomqConfig): Promise<PreparedChange> {
    await this.#load(config);
    const commit = () => {
      if (this.#state === 'open') this.#apply(config);
    };
    return { held: [], commit, discard: async () => {} };
  }

  /** A bridge that is on. */
  find(name: string): Bridge | undefined {
    return this.#bridges?.find(name);
  }

  /** Ends all bridges; what waits in them is dropped and counted. */
  close(): void {
    this.#state = 'closed';
    this.#bridges?.close();
    this.#bridges = null;
  }

  /** A broker without bridges does without what they need. */
  async #load({ bridges }: NanomqConfig): Promise<void> {
    if (bridges.length > 0) this.#package ??= await import('@nanomq-ts/bridge');
  }

  #apply(config: NanomqConfig): void {
    this.#begin(config);
    this.#bridges?.apply(bridgeSwitches(config.bridges, this.#seat.cwd));
  }

  /** Once; not when it was closed while the package was loaded. */
  #begin({ bridges, mqtt }: NanomqConfig): void {
    if (bridges.length === 0 || this.#package === null || this.#state === 'closed') return;
    const { Bridges, openStream } = this.#package;
    const { shard, clock, logger, brokerId } = this.#seat;
    const seat = { shard, clock, logger, brokerId, openStream, random: Math.random };
    // Not the shard's: one of several shards publishes no statistics.
    this.#bridges ??= new Bridges(seat, mqtt.sysIntervalMs);
  }
}
