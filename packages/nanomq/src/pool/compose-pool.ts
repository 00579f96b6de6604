import { type StartThread, workerThreads } from '@nanomq-ts/taskq';
import type { ShardSeat } from '../compose-shard.ts';
import { ComposedPool } from './composed-pool.ts';
import type { ShardCount } from './shard-count.ts';
import type { ShardSettings } from './shard-settings.ts';

/** Built beside the file that is running; worker threads read no TypeScript. */
const ENTRY = new URL('../shard-main.js', import.meta.url);

/**
 * Composes several shards in worker threads of this process.
 * @param lost         a shard has ended by a fault and cannot be replaced; the log has the cause. The broker is to be closed
 * @param startThread  default: threads that run `shard-main`
 */
export function composePool(
  count: ShardCount,
  lost: () => void,
  startThread: StartThread<ShardSettings> = workerThreads(ENTRY),
): (seat: ShardSeat) => ComposedPool {
  return (seat) => new ComposedPool({ ...seat, count, startThread, lost });
}
