import { MemoryStore, OpenAccess, Shard, type ShardOptions, type ShardParts } from '@nanomq-ts/core';
import { DirectDirectory, SessionDirectory } from '@nanomq-ts/taskq';
import { FakeClock } from './fake-clock.ts';
import { MemoryLink } from './memory-link.ts';
import { MemoryTransport } from './memory-transport.ts';
import { RawClient, type RawConnectOptions } from './raw-client.ts';
import { type JoinedLink, joinInProcess } from './shards/join-in-process.ts';
import { SeededPlacement } from './shards/seeded-placement.ts';
import { viewOfShards } from './shards/shard-view.ts';

/** The defaults of the configuration, with the statistics topics off. */
export const TEST_SHARD_OPTIONS: ShardOptions = {
  maxUserProperties: 32,
  maxPacketBytes: 10 * 1024 * 1024,
  maxConnectPacketBytes: 64 * 1024,
  queueLimitMessages: 1024,
  queueLimitBytes: 8 * 1024 * 1024,
  queueQos0: false,
  maxTopicAlias: 1024,
  retryIntervalMs: 10_000,
  keepAliveMultiplier: 1.5,
  maxInflightMessages: 2048,
  receiveMaximum: 1024,
  maxAwaitingRel: 10_000,
  serverKeepAliveSeconds: 0,
  maxSessionExpirySeconds: 0,
  sharedSubscriptionStrategy: 'round_robin',
  maxTopicLevels: 128,
  maxSubscriptions: 10_000,
  maxConnections: 0,
  connectTimeoutMs: 10_000,
  maxOutBufferBytes: 8 * 1024 * 1024,
  maxRetainedMessages: 0,
  maxRetainedBytes: 0,
  routeCacheEntries: 65_536,
  sysIntervalMs: 0,
};

/** What a harness may be given in place of its own. */
export interface HarnessParts extends Partial<Omit<ShardParts, 'cluster'>> {
  /** Default: `NANOMQ_TEST_SHARDS`, or 1. A test that looks into one shard says 1, and why. */
  readonly shardCount?: number;
}

/**
 * For tests of what belongs to one shard, or what only one promises: how often it takes a turn, what a full queue tells
 * the publisher, the order of messages of different clients.
 */
export const ONE_SHARD: HarnessParts = { shardCount: 1 };

/** A CONNECT that is relayed asks the directory twice, and each answer takes a round. */
const SETTLE_ROUNDS = 4;

/** The same clients come to the same shards in every run. */
const PLACEMENT_SEED = 1;

/** A store belongs to one shard, so who brings one has one. */
function defaultShardCount({ store }: HarnessParts): number {
  return store === undefined ? Number(process.env.NANOMQ_TEST_SHARDS ?? 1) : 1;
}

/** What the core logged. */
export interface LoggedLine {
  readonly level: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/**
 * A broker in memory: no sockets, a clock that the test moves, raw clients on memory transports. With
 * `NANOMQ_TEST_SHARDS=4` in the environment it has four shards, and clients come in on any of them: behaviour tests run
 * both ways and must see no difference.
 */
export class ShardHarness {
  readonly clock = new FakeClock();
  readonly shards: readonly Shard[];
  /** The shard, or all of them looked at as one. */
  readonly shard: Shard;
  readonly logged: LoggedLine[] = [];
  /** Which of several shards holds which client identifier. */
  readonly directory = new SessionDirectory();
  readonly #links: readonly JoinedLink[];
  readonly #placement = new SeededPlacement(PLACEMENT_SEED);

  constructor(options: Partial<ShardOptions> = {}, parts: HarnessParts = {}) {
    const log = (level: string) => (fields: Readonly<Record<string, unknown>>, text: string) =>
      void this.logged.push({ level, fields, text });
    const { shardCount = defaultShardCount(parts), ...others } = parts;
    this.shards = Array.from({ length: shardCount }, (_, shardId) => {
      const cluster = { shardId, directory: new DirectDirectory(this.directory, shardId) };
      return new Shard({
        options: { ...TEST_SHARD_OPTIONS, ...options },
        access: new OpenAccess(true),
        store: new MemoryStore(),
        clock: this.clock,
        logger: { trace: log('trace'), debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
        ...(shardCount > 1 && { cluster }),
        ...others,
      });
    });
    this.#links = shardCount > 1 ? joinInProcess(this.shards, this.clock) : [];
    this.shard = viewOfShards(this.shards);
  }

  /** What a link does before its client waits. */
  readonly settle = (): void => {
    if (this.shards.length > 1) this.runTurns();
    else this.clock.runTurn();
  };

  /** Runs turns until no shard has anything left to do. */
  runTurns(): void {
    while (this.clock.runTurn());
  }

  /** Settles when several shards have dealt with what was sent, answers of the session directory included. */
  async settled(): Promise<void> {
    for (let i = 0; i < SETTLE_ROUNDS && this.shards.length > 1; i++) {
      this.runTurns();
      await new Promise(setImmediate);
    }
  }

  /** The other shards' ends of the ways to a shard. */
  linksTo(shardId: number): readonly JoinedLink['link'][] {
    return this.#links.filter(({ peerId }) => peerId === shardId).map(({ link }) => link);
  }

  /** A new connection of a client, for whichever shard. */
  accept(transport: MemoryTransport): void {
    const shard = this.shards[this.#placement.next(this.shards.length)] as Shard;
    transport.attach(shard.accept(transport));
  }

  /** A client that has not sent anything yet, and its transport. */
  open(protocolVersion: 3 | 4 | 5): { client: RawClient; transport: MemoryTransport } {
    const transport = new MemoryTransport();
    this.accept(transport);
    return { client: new RawClient(new MemoryLink(transport, this.settle), protocolVersion), transport };
  }

  /** A connected client. */
  async client(protocolVersion: 3 | 4 | 5, options: RawConnectOptions = {}): Promise<RawClient> {
    const { client } = this.open(protocolVersion);
    await client.connect({ clientId: `client-${++this.#clients}`, ...options });
    return client;
  }

  #clients = 0;
}
