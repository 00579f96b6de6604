import type { ListenerView } from '@nanomq-ts/admin';
import type { AccessRules } from '@nanomq-ts/auth';
import type { NanomqConfig } from '@nanomq-ts/config';
import { type AdminPort, publishStatistics, type Shard } from '@nanomq-ts/core';
import {
  DirectDirectory,
  GatheredAdmin,
  GatheredShards,
  HUB_ID,
  PoolHub,
  SessionDirectory,
  ShardPool,
  type StartThread,
} from '@nanomq-ts/taskq';
import { ComposedShard, type ShardSeat } from '../compose-shard.ts';
import type { ComposedBroker } from '../composed-broker.ts';
import { ListenError } from '../listeners/listen-error.ts';
import { enabledListeners } from '../listeners/listener-spec.ts';
import type { ListenerAddress } from '../listeners/open-listeners.ts';
import { joinChanges, type PreparedChange } from '../prepared-change.ts';
import { joinListenerViews } from './join-listener-views.ts';
import type { ShardCount } from './shard-count.ts';
import { type ShardDoors, type ShardSettings, shardConfig } from './shard-settings.ts';
import { openSharedDoors, type SharedDoors } from './shared-doors.ts';

/** What several shards are composed from. */
export interface PoolSeat extends ShardSeat {
  readonly count: ShardCount;
  readonly startThread: StartThread<ShardSettings>;
  /** A shard has ended by a fault and cannot be replaced; the log has the cause. The broker is to be closed. */
  readonly lost: () => void;
}

type Pool = ShardPool<ShardSettings, ShardDoors, ListenerAddress, ListenerView>;

/** Several shards as one broker: the hub in this thread, the others in threads of their own. Lives once, as a shard. */
export class ComposedPool implements ComposedBroker {
  readonly admin: AdminPort;
  readonly #seat: PoolSeat;
  readonly #hub: ComposedShard;
  readonly #links: PoolHub;
  readonly #directory = new SessionDirectory();
  readonly #shards: GatheredShards;
  readonly #startedMs: number;
  #doors: SharedDoors | null = null;
  #pool: Pool | null = null;
  /** The shard that has what cannot be shared. */
  #ownerId = HUB_ID + 1;
  #addresses: readonly ListenerAddress[] = [];
  #stopStatistics = () => {};
  #isClosed = false;

  /** @throws AuthError when users, rules or keys are not good */
  constructor(seat: PoolSeat) {
    const { config, clock, logger } = seat;
    this.#seat = seat;
    this.#startedMs = clock.nowMs();
    const directory = new DirectDirectory(this.#directory, HUB_ID);
    this.#hub = new ComposedShard({ ...seat, config: shardConfig(config), cluster: { shardId: HUB_ID, directory } });
    this.#links = new PoolHub(this.#hub.shard);
    this.#shards = new GatheredShards(this.#hub.admin);
    const holderOf = (clientId: string) => this.#directory.holderOf(clientId);
    this.admin = new GatheredAdmin({ shards: this.#shards, holderOf, clock, logger });
  }

  get shard(): Shard {
    return this.#hub.shard;
  }

  get access(): AccessRules {
    return this.#hub.access;
  }

  get addresses(): readonly ListenerAddress[] {
    return this.#addresses;
  }

  async listenerViews(): Promise<readonly ListenerView[]> {
    return joinListenerViews((await this.#pool?.listenerViews()) ?? []);
  }

  /** Starts the threads and opens the listeners. @throws ListenError, or the error that ended a thread; then `close` */
  async listen(): Promise<readonly ListenerAddress[]> {
    const { config, clock, logger, count, startThread, lost } = this.#seat;
    const doors = await openSharedDoors(config);
    this.#doors = doors;
    this.#assertOpen();
    this.#pool = new ShardPool<ShardSettings, ShardDoors, ListenerAddress, ListenerView>({
      hub: this.#links,
      directory: this.#directory,
      shards: this.#shards,
      startThread,
      settings: this.#settingsOf(config),
      doorsFor: (shardId, addresses, replaced) => this.#doorsFor(doors, shardId, addresses, replaced),
      clock,
      logger,
      size: count.atStart,
      maxSize: count.most,
      canReplace: doors.canReplace,
      lost,
    });
    this.#addresses = await this.#pool.start().catch((error: unknown) => {
      throw asListenError(error, config);
    });
    const { sysIntervalMs } = config.mqtt;
    if (sysIntervalMs > 0) this.#stopStatistics = clock.every(sysIntervalMs, () => void this.#publishStatistics());
    return this.#addresses;
  }

  /** The hub is asked first: what it refuses, no shard hears of. */
  async prepare(config: NanomqConfig): Promise<PreparedChange> {
    const hub = await this.#hub.prepare(shardConfig(config));
    try {
      const shards = await this.#pool?.prepare(this.#settingsOf(config));
      return joinChanges(shards === undefined ? [hub] : [hub, shards]);
    } catch (error) {
      await hub.discard();
      throw asListenError(error, config);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopStatistics();
    await this.#pool?.close();
    this.#doors?.discard();
    this.#links.close();
    await this.#hub.close();
  }

  #settingsOf(config: NanomqConfig): ShardSettings {
    const { cwd, brokerId } = this.#seat;
    return { config, cwd, brokerId };
  }

  #doorsFor(
    doors: SharedDoors,
    shardId: number,
    addresses: readonly ListenerAddress[],
    replaced: number | null,
  ): ShardDoors {
    if (replaced === this.#ownerId) this.#ownerId = shardId;
    return doors.forShard(addresses, shardId === this.#ownerId);
  }

  /** A shard that does not answer in time costs one publication. */
  async #publishStatistics(): Promise<void> {
    const { logger } = this.#seat;
    try {
      const figures = await this.admin.figures();
      if (!this.#isClosed) publishStatistics(this.#hub.shard, figures, this.#startedMs);
    } catch (err) {
      if (!this.#isClosed) logger.warn({ err }, 'the statistics topics were left out');
    }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new Error('the broker is closed');
  }
}

/** From another thread an error comes without the listener that it names. */
function asListenError(error: unknown, config: NanomqConfig): unknown {
  const name: unknown = error instanceof Error ? Reflect.get(error, 'listener') : undefined;
  const spec = enabledListeners(config.listeners).find(({ id }) => id === name);
  return spec === undefined ? error : new ListenError(spec, (error as Error).cause);
}
