import type { AdminPort, BrokerFigures, Placement } from '@nanomq-ts/core';
import type { ShardsOwnAdmin } from './remote-admin.ts';
import { countersOf, sumFigures } from './sum-figures.ts';

/** A shard as administration sees it. */
export interface GatheredShard {
  readonly id: Placement;
  readonly admin: ShardsOwnAdmin;
}

/** The shards that administration is gathered from. They come and go; what they have counted stays. */
export class GatheredShards {
  readonly #hub: AdminPort;
  readonly #shards = new Map<Placement, GatheredShard>();
  /** What every shard told last, for the day on which it cannot be asked any more. */
  readonly #lastFigures = new Map<Placement, BrokerFigures>();
  readonly #lost: BrokerFigures[] = [];
  #lostCount = 0;
  readonly #listeners: ((shard: GatheredShard) => void)[] = [];

  /** @param hub  a shard without clients that is told of everything the others have in common */
  constructor(hub: AdminPort) {
    this.#hub = hub;
  }

  get hub(): AdminPort {
    return this.#hub;
  }

  /** Those with clients, oldest first. */
  get all(): readonly GatheredShard[] {
    return [...this.#shards.values()];
  }

  find(shardId: Placement): GatheredShard | undefined {
    return this.#shards.get(shardId);
  }

  add(shard: GatheredShard): void {
    this.#shards.set(shard.id, shard);
    for (const tell of this.#listeners) tell(shard);
  }

  /** Calls `listener` for each shard that is added from now on. */
  onAdded(listener: (shard: GatheredShard) => void): void {
    this.#listeners.push(listener);
  }

  /** The shard has told its figures. */
  figuresTold(shardId: Placement, figures: BrokerFigures): void {
    if (this.#shards.has(shardId)) this.#lastFigures.set(shardId, figures);
  }

  /** The shard has ended by a fault. Its counters hold as it told them last, for a counter must never shrink. */
  lost(shardId: Placement): void {
    if (!this.#shards.delete(shardId)) return;
    this.#lostCount++;
    const figures = this.#lastFigures.get(shardId);
    this.#lastFigures.delete(shardId);
    if (figures === undefined) return;
    const before = this.#lost.pop();
    this.#lost.push(before === undefined ? countersOf(figures) : sumFigures(before, [countersOf(figures)]));
  }

  /** @throws AdminError (rejects) SHARD_TIMEOUT */
  async figures(): Promise<BrokerFigures> {
    const asked = this.all.map((shard) => this.#askFigures(shard));
    const [hub] = await Promise.all([this.#hub.figures(), ...asked]);
    // As told last: what was lost meanwhile is among the lost, and counts once.
    const others = [...this.#shards.keys()].flatMap((id) => this.#lastFigures.get(id) ?? []);
    // The hub has no clients: as a label it would only puzzle.
    const sum = sumFigures({ ...hub, connectionsByShard: {} }, [...others, ...this.#lost]);
    return { ...sum, shards: others.length, shardsLost: this.#lostCount };
  }

  async #askFigures({ id, admin }: GatheredShard): Promise<void> {
    try {
      this.figuresTold(id, await admin.figures());
    } catch (error) {
      if (this.#shards.has(id)) throw error;
    }
  }
}
