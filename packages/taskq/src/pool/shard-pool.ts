import type { Clock, Logger, Placement } from '@nanomq-ts/core';
import type { SessionDirectory } from '../directory/session-directory.ts';
import type { GatheredShards } from '../gather/gathered-shards.ts';
import type { HostedChange } from '../host/hosted-shard.ts';
import { linkShards } from '../host/peer-link.ts';
import { PULSE_INTERVAL_MS } from '../host/pulse.ts';
import type { ShardNews } from '../host/shard-order.ts';
import { Growth } from './growth.ts';
import { HUB_ID } from './pool-hub.ts';
import type { PoolMember } from './pool-member.ts';
import type { StartThread } from './shard-thread.ts';
import { WorkerShard } from './worker-shard.ts';

/** A shard that ends so soon after another one did is replaced after a while only. Milliseconds. */
const CALM_MS = 10_000;
const REPLACE_DELAY_MS = 5000;

/** What a pool is made from. */
export interface PoolParts<Settings, Doors, Address> {
  readonly hub: PoolMember;
  readonly directory: SessionDirectory;
  /** Gets the shards that clients can connect to. */
  readonly shards: GatheredShards;
  readonly startThread: StartThread<Settings>;
  /** What all shards begin with. */
  readonly settings: Settings;
  /**
   * Where a shard listens. Asked for the first one alone, with no addresses, then for each with those that it got.
   * @param replaced  whose place the shard takes, if any
   */
  readonly doorsFor: (shardId: Placement, addresses: readonly Address[], replaced: Placement | null) => Doors;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Shards at the start, at least 1. */
  readonly size: number;
  /** Most shards; no more than `size`: the pool does not grow. */
  readonly maxSize: number;
  /** A shard that has ended by a fault can be replaced while the others go on. */
  readonly canReplace: boolean;
  /** A shard has ended by a fault and cannot be replaced; the log has the cause. The pool is to be closed. */
  readonly lost: () => void;
}

type Shard<Settings, Doors, Address, View> = WorkerShard<Settings, Doors, Address, View>;

/**
 * The worker threads of a broker: starts them, joins them to each other and to the hub, replaces those that end by a
 * fault, adds one when all are busy, ends them. It lives once: `start`, any number of `prepare`, `close`.
 */
export class ShardPool<Settings, Doors, Address, View> {
  readonly #parts: PoolParts<Settings, Doors, Address>;
  readonly #running = new Map<Placement, Shard<Settings, Doors, Address, View>>();
  /** Those that do not listen yet. */
  readonly #starting = new Map<Placement, Shard<Settings, Doors, Address, View>>();
  /** Those that have ended and are replaced after a while. */
  readonly #missing = new Set<Placement>();
  readonly #growth = new Growth();
  readonly #stops = new Set<() => void>();
  #settings: Settings;
  #addresses: readonly Address[] = [];
  #lastId = HUB_ID;
  #lastLossMs = Number.NEGATIVE_INFINITY;
  #isClosing = false;

  constructor(parts: PoolParts<Settings, Doors, Address>) {
    this.#parts = parts;
    this.#settings = parts.settings;
  }

  /**
   * Starts the threads and lets them listen, once they know each other.
   * @returns where they listen. Rejects when one of them cannot be started or cannot listen; `close` ends the rest
   */
  async start(): Promise<readonly Address[]> {
    const { size, maxSize, clock } = this.#parts;
    const made = Array.from({ length: size }, () => this.#makeJoined());
    await Promise.all(made.map(({ joined }) => joined));
    const [first, ...others] = made.map(({ shard }) => shard) as [
      Shard<Settings, Doors, Address, View>,
      ...Shard<Settings, Doors, Address, View>[],
    ];
    this.#addresses = await this.#open(first, null);
    await Promise.all(others.map((shard) => this.#open(shard, null)));
    if (maxSize > size) this.#stops.add(clock.every(PULSE_INTERVAL_MS, () => this.#growIfDue()));
    return this.#addresses;
  }

  /**
   * Lets every shard check and make ready other settings.
   * @returns a change that concerns all of them. Rejects when one cannot; then none has changed
   */
  async prepare(settings: Settings): Promise<HostedChange> {
    const asked = this.#all;
    const results = await Promise.allSettled(asked.map((shard) => shard.prepare(settings)));
    const ready = asked.filter((_, i) => results[i]?.status === 'fulfilled');
    const discard = async () => {
      await Promise.allSettled(ready.map((shard) => shard.discard()));
    };
    const refused = results.find((result) => result.status === 'rejected');
    if (refused !== undefined) {
      await discard();
      throw refused.reason;
    }
    const held = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    return { held: [...new Set(held)], commit: () => this.#commit(settings, ready), discard };
  }

  /** The open listeners of every shard. @throws AdminError (rejects) SHARD_TIMEOUT */
  async listenerViews(): Promise<readonly View[]> {
    const views = [...this.#running.values()].map(async (shard) => {
      try {
        return await shard.listenerViews();
      } catch (error) {
        // Its listeners are gone with it.
        if (!this.#running.has(shard.id)) return [];
        throw error;
      }
    });
    return (await Promise.all(views)).flat();
  }

  /** Ends every connection, then the threads; settles when they have ended. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const stop of this.#stops) stop();
    await Promise.all(this.#all.map((shard) => shard.close()));
    // Not before: a descriptor that they share is closed with the first of them.
    await Promise.all(this.#all.map((shard) => shard.terminate()));
  }

  get #all(): readonly Shard<Settings, Doors, Address, View>[] {
    return [...this.#running.values(), ...this.#starting.values()];
  }

  /** Makes a shard. @returns it, and what settles when it is joined to all that are there */
  #makeJoined(): { readonly shard: Shard<Settings, Doors, Address, View>; readonly joined: Promise<void> } {
    const others = this.#all;
    const shard = this.#make();
    return { shard, joined: this.#join(shard, others) };
  }

  /**
   * Rejects when the shard ends, and when one does that clients could connect to: what that one was to hand over may not
   * have arrived. One that did not listen yet had nothing.
   */
  async #join(
    shard: Shard<Settings, Doors, Address, View>,
    others: readonly Shard<Settings, Doors, Address, View>[],
  ): Promise<void> {
    const { hub } = this.#parts;
    const elders = others.filter(({ id }) => this.#running.has(id));
    const hasEnded = ({ id }: PoolMember) => id !== hub.id && !this.#running.has(id) && !this.#starting.has(id);
    const joins = [hub, ...others].map(async (other) => {
      const [left, right] = linkShards(shard, other);
      const joined = other.join(right).catch((error: unknown) => {
        if (!hasEnded(other)) throw error;
      });
      await Promise.all([shard.join(left), joined]);
    });
    await Promise.all(joins);
    const lost = elders.find(hasEnded);
    if (lost !== undefined) throw new Error(`shard ${lost.id} has ended before it had told ${shard.id} all`);
  }

  #make(): Shard<Settings, Doors, Address, View> {
    const { startThread, directory, clock } = this.#parts;
    const id = ++this.#lastId;
    const shard = new WorkerShard<Settings, Doors, Address, View>({
      id,
      settings: this.#settings,
      startThread,
      directory,
      clock,
      told: (news) => this.#told(id, news),
      ended: (error) => this.#ended(id, error),
    });
    this.#starting.set(id, shard);
    return shard;
  }

  /** Clients can connect to the shard from now on. @returns where it listens */
  async #open(shard: Shard<Settings, Doors, Address, View>, replaced: Placement | null): Promise<readonly Address[]> {
    const addresses = await shard.listen(this.#parts.doorsFor(shard.id, this.#addresses, replaced));
    if (!this.#starting.delete(shard.id)) throw new Error(`shard ${shard.id} has ended`);
    this.#running.set(shard.id, shard);
    this.#parts.shards.add(shard);
    return addresses;
  }

  #commit(settings: Settings, ready: readonly Shard<Settings, Doors, Address, View>[]): void {
    this.#settings = settings;
    for (const shard of this.#all) {
      if (ready.includes(shard)) shard.commit();
      else void this.#catchUp(shard, settings);
    }
  }

  /** The shard came while the others were asked. */
  async #catchUp(shard: Shard<Settings, Doors, Address, View>, settings: Settings): Promise<void> {
    const { logger } = this.#parts;
    try {
      await shard.prepare(settings);
      shard.commit();
    } catch (err) {
      logger.error({ err, shard: shard.id }, `shard ${shard.id} goes on with the settings it began with`);
    }
  }

  #told(shardId: Placement, news: Exclude<ShardNews, { kind: 'event' }>): void {
    if (news.kind === 'line') {
      this.#parts.logger[news.level]({ ...news.fields, shard: shardId }, news.text);
      return;
    }
    this.#growth.told(shardId, news.utilization);
    this.#parts.shards.figuresTold(shardId, news.figures);
  }

  #ended(shardId: Placement, error: Error): void {
    const wasRunning = this.#running.delete(shardId);
    this.#starting.delete(shardId);
    this.#growth.gone(shardId);
    for (const member of [this.#parts.hub, ...this.#all]) member.peerGone(shardId);
    // One that does not listen yet is the affair of whoever lets it listen.
    if (this.#isClosing || !wasRunning) return;
    this.#lose(shardId, error);
  }

  #lose(shardId: Placement, err: Error): void {
    const { shards, logger, canReplace, lost, clock } = this.#parts;
    shards.lost(shardId);
    const next = canReplace ? 'another one takes its place' : 'the broker ends, for it cannot be replaced here';
    logger.error({ err, shard: shardId }, `shard ${shardId} has ended with its clients: ${err.message}; ${next}`);
    if (!canReplace) {
      lost();
      return;
    }
    const nowMs = clock.nowMs();
    const isCalm = nowMs - this.#lastLossMs > CALM_MS;
    this.#lastLossMs = nowMs;
    if (isCalm) void this.#bringIn(shardId);
    else this.#bringInLater(shardId);
  }

  #bringInLater(replaced: Placement): void {
    this.#missing.add(replaced);
    const stop = this.#parts.clock.every(REPLACE_DELAY_MS, () => {
      stop();
      this.#stops.delete(stop);
      this.#missing.delete(replaced);
      void this.#bringIn(replaced);
    });
    this.#stops.add(stop);
  }

  #growIfDue(): void {
    const isAtMost = this.#running.size + this.#missing.size >= this.#parts.maxSize;
    if (this.#starting.size > 0 || isAtMost || !this.#growth.isDue()) return;
    void this.#bringIn(null);
  }

  /** Adds a shard to those that run. @param replaced  whose place it takes; null: the pool grows */
  async #bringIn(replaced: Placement | null): Promise<void> {
    const { logger } = this.#parts;
    if (this.#isClosing) return;
    let newcomer: Shard<Settings, Doors, Address, View> | null = null;
    try {
      const { shard, joined } = this.#makeJoined();
      newcomer = shard;
      await joined;
      await this.#open(shard, replaced);
      const reason = replaced === null ? 'all others are busy' : `in place of shard ${replaced}`;
      logger.info({ shard: shard.id }, `shard ${shard.id} takes clients: ${reason}`);
    } catch (err) {
      if (this.#isClosing) return;
      logger.error({ err }, 'a further shard could not be started');
      void newcomer?.terminate();
      if (replaced !== null) this.#bringInLater(replaced);
    }
  }
}
