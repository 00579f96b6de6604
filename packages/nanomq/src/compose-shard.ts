import type { NanomqConfig } from '@nanomq-ts/config';
import { type Access, type AdminPort, type Clock, type Logger, MemoryStore, Shard, ShardAdmin } from '@nanomq-ts/core';
import { changeLimits } from './live-limits.ts';

/** What a shard is composed from. */
export interface ShardSeat {
  readonly config: NanomqConfig;
  readonly access: Access;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A shard and what hangs on it. */
export interface ComposedShard {
  readonly shard: Shard;
  readonly admin: AdminPort;
  /** Puts the live limits of `config` into force. */
  apply(config: NanomqConfig): void;
}

/** Joins what runs wherever a shard runs. */
export function composeShard({ config, access, clock, logger }: ShardSeat): ComposedShard {
  const limits = { ...config.mqtt };
  const shard = new Shard({ options: limits, access, store: new MemoryStore(), clock, logger });
  return { shard, admin: new ShardAdmin(shard, clock), apply: ({ mqtt }) => changeLimits(limits, mqtt) };
}
