export { DirectDirectory } from './directory/direct-directory.ts';
export { DirectoryClient } from './directory/directory-client.ts';
export { SessionDirectory } from './directory/session-directory.ts';
export { GatheredAdmin, type GatheredAdminParts } from './gather/gathered-admin.ts';
export { type GatheredShard, GatheredShards } from './gather/gathered-shards.ts';
export type { HostedChange, HostedShard } from './host/hosted-shard.ts';
export { ShardDoor } from './host/shard-door.ts';
export type { LineLevel, ShardNews } from './host/shard-order.ts';
export type { ThreadSeat } from './host/thread-seat.ts';
export { HUB_ID, PoolHub } from './pool/pool-hub.ts';
export { type PoolParts, ShardPool } from './pool/shard-pool.ts';
export { type ShardThread, type StartThread, workerThreads } from './pool/shard-thread.ts';
export {
  Bell,
  type BellMemory,
  createBell,
  createRing,
  DEFAULT_RING_BYTES,
  type RingMemory,
  sleepThread,
} from './ring.ts';
export { RingLink, type RingLinkOptions } from './ring-link.ts';
