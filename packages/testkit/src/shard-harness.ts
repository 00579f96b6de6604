import { MemoryStore, OpenAccess, Shard, type ShardOptions, type ShardParts } from '@nanomq-ts/core';
import { FakeClock } from './fake-clock.ts';
import { MemoryLink } from './memory-link.ts';
import { MemoryTransport } from './memory-transport.ts';
import { RawClient, type RawConnectOptions } from './raw-client.ts';

/** The defaults of the configuration, with the statistics topics off. */
export const TEST_SHARD_OPTIONS: ShardOptions = {
  maxUserProperties: 32,
  maxPacketBytes: 10 * 1024 * 1024,
  maxConnectPacketBytes: 64 * 1024,
  queueLimitMessages: 1024,
  queueLimitBytes: 16 * 1024 * 1024,
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

/** What the core logged. */
export interface LoggedLine {
  readonly level: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** A shard in memory: no sockets, a clock that the test moves, raw clients on memory transports. */
export class ShardHarness {
  readonly clock = new FakeClock();
  readonly shard: Shard;
  readonly logged: LoggedLine[] = [];

  constructor(options: Partial<ShardOptions> = {}, parts: Partial<ShardParts> = {}) {
    const log = (level: string) => (fields: Readonly<Record<string, unknown>>, text: string) =>
      void this.logged.push({ level, fields, text });
    this.shard = new Shard({
      options: { ...TEST_SHARD_OPTIONS, ...options },
      access: new OpenAccess(true),
      store: new MemoryStore(),
      clock: this.clock,
      logger: { trace: log('trace'), debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
      ...parts,
    });
  }

  /** A client that has not sent anything yet, and its transport. */
  open(protocolVersion: 3 | 4 | 5): { client: RawClient; transport: MemoryTransport } {
    const transport = new MemoryTransport();
    transport.attach(this.shard.accept(transport));
    const link = new MemoryLink(transport, () => this.clock.runTurn());
    return { client: new RawClient(link, protocolVersion), transport };
  }

  /** A connected client. */
  async client(protocolVersion: 3 | 4 | 5, options: RawConnectOptions = {}): Promise<RawClient> {
    const { client } = this.open(protocolVersion);
    await client.connect({ clientId: `client-${++this.#clients}`, ...options });
    return client;
  }

  #clients = 0;
}
