import { workerThreads } from '@nanomq-ts/taskq';
import type { ShardSeat } from '../compose-shard.ts';
import { ComposedPool } from './composed-pool.ts';
import type { ShardCount } from './shard-count.ts';
import type { ShardSettings } from './shard-settings.ts';

/** Built beside the file that is running; worker threads read no TypeScript. */
const ENTRY = new URL('../shard-main.js', import.meta.url);

/** Composes several shards in worker threads of this process. */
export function composePool(count: ShardCount): (seat: ShardSeat) => ComposedPool {
  return (seat) =>
    new ComposedPool({
      ...seat,
      count,
      startThread: workerThreads<ShardSettings>(ENTRY),
      // Nobody catches it, so the process ends as after any error that nobody caught.
      lost: (error) => {
        throw error;
      },
    });
}
