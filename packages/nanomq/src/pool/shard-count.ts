import { availableParallelism } from 'node:os';
import type { TaskqConfig } from '@nanomq-ts/config';

/** How many shards a broker has. */
export interface ShardCount {
  /** At the start; 1: in the main thread. */
  readonly atStart: number;
  /** Never less than `atStart`. */
  readonly most: number;
}

/** @param cores  those the process may use */
export function shardCountOf({ shards, maxShards }: TaskqConfig, cores: number = availableParallelism()): ShardCount {
  const atStart = shards === 0 ? cores : shards;
  const most = maxShards === 0 ? cores : maxShards;
  return { atStart, most: Math.max(atStart, most) };
}
