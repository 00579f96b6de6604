import type { NanomqConfig } from '@nanomq-ts/config';
import type { ListenSocket } from '@nanomq-ts/listeners';

/** What a shard in a worker thread is composed from; it can be cloned between threads. */
export interface ShardSettings {
  readonly config: NanomqConfig;
  /** Files of the configuration are relative to it. */
  readonly cwd: string;
  /** The broker's own name for itself, by which bridges see a loop. */
  readonly brokerId?: string | undefined;
}

/** How a shard opens its listeners, by their names (`tcp:default`). One that is not named here is left to another shard. */
export type ShardDoors = Readonly<Record<string, ListenSocket>>;

/** The configuration as one of several shards takes it: the statistics of all are published elsewhere. */
export function shardConfig(config: NanomqConfig): NanomqConfig {
  return { ...config, mqtt: { ...config.mqtt, sysIntervalMs: 0 } };
}
