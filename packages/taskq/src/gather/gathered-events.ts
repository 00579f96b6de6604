import type { AdminEvent, BrokerFigures, Clock, Logger } from '@nanomq-ts/core';
import type { GatheredShard, GatheredShards } from './gathered-shards.ts';

/** How often drops are told, in milliseconds. */
const DROPS_INTERVAL_MS = 1000;

type Listener = (event: AdminEvent) => void;
type Drops = BrokerFigures['droppedByReason'];

/**
 * What happens to the clients of all shards, for whoever listens; costs nothing while nobody does. The order of events
 * of one client is kept as long as it stays on a shard. Drops are taken from the figures, so that there is one event a
 * second and reason however many shards dropped.
 */
export class GatheredEvents {
  readonly #shards: GatheredShards;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** Replaced and never changed, so that a listener may come or go while it is told. */
  #listeners: readonly Listener[] = [];
  #stops: (() => void)[] = [];

  constructor(shards: GatheredShards, clock: Clock, logger: Logger) {
    this.#shards = shards;
    this.#clock = clock;
    this.#logger = logger;
    shards.onAdded((shard) => {
      if (this.#listeners.length > 0) this.#follow(shard);
    });
  }

  /** Tells `listener` from now on. @returns what takes it off */
  add(listener: Listener): () => void {
    // One of its own, so that the same function given twice is two listeners.
    const entry: Listener = (event) => listener(event);
    if (this.#listeners.length === 0) this.#start();
    this.#listeners = [...this.#listeners, entry];
    return () => {
      if (!this.#listeners.includes(entry)) return;
      this.#listeners = this.#listeners.filter((other) => other !== entry);
      if (this.#listeners.length === 0) this.#stop();
    };
  }

  #start(): void {
    for (const shard of this.#shards.all) this.#follow(shard);
    const watch = new DropWatch(this.#shards, (reason, count) => this.#tellDrops(reason, count));
    this.#stops.push(this.#clock.every(DROPS_INTERVAL_MS, () => watch.look()));
  }

  #stop(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }

  #follow({ admin }: GatheredShard): void {
    this.#stops.push(
      admin.events((event) => {
        if (event.type !== 'dropped') this.#tell(event);
      }),
    );
  }

  #tellDrops(reason: string, count: number): void {
    this.#tell({ type: 'dropped', atMs: this.#clock.nowMs(), reason, count });
  }

  #tell(event: AdminEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (err) {
        this.#logger.error({ err, event: event.type }, 'a listener of administration events failed');
      }
    }
  }
}

/** Looks now and then at what was dropped since the last look. */
class DropWatch {
  readonly #shards: GatheredShards;
  readonly #tell: (reason: string, count: number) => void;
  /** Settles with what was told or dropped before anybody listened; looks wait for one another. */
  #before: Promise<Drops>;

  constructor(shards: GatheredShards, tell: (reason: string, count: number) => void) {
    this.#shards = shards;
    this.#tell = tell;
    this.#before = this.#dropsNow({});
  }

  look(): void {
    this.#before = this.#before.then(async (before) => {
      const now = await this.#dropsNow(before);
      for (const [reason, total] of Object.entries(now)) {
        const count = total - (before[reason] ?? 0);
        if (count > 0) this.#tell(reason, count);
      }
      return now;
    });
  }

  /** A shard that does not answer in time is asked again with the next look. */
  async #dropsNow(otherwise: Drops): Promise<Drops> {
    try {
      return (await this.#shards.figures()).droppedByReason;
    } catch {
      return otherwise;
    }
  }
}
