import { type StartThread, workerThreads } from '@nanomq-ts/taskq';
import type { ShardSeat } from '../compose-shard.ts';
import { ComposedPool } from './composed-pool.ts';
import type { ShardCount } from './shard-count.ts';
import type { ShardSettings } from './shard-settings.ts';

/** Built beside the file that is running; worker threads read no TypeScript. */
const ENTRY = new URL('../shard-main.js', import.meta.url);

/** Composes several shards in worker threads of this process. @param startThread  default: threads that run `shard-main` */
export function composePool(
  count: ShardCount,
  startThread: StartThread<ShardSettings> = workerThreads(ENTRY),
): (seat: ShardSeat) => ComposedPool {
  // What is thrown here nobody catches, so the process ends as after any error that nobody caught.
  const lost = (error: Error) => {
    throw error;
  };
  return (seat) => new ComposedPool({ ...seat, count, startThread, lost });
}
