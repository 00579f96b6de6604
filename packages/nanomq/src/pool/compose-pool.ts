import { fileURLToPath } from 'node:url';
import { type StartThread, workerThreads } from '@nanomq-ts/taskq';
import type { ShardSeat } from '../compose-shard.ts';
import { ComposedPool } from './composed-pool.ts';
import { loadShardCode, type ShardCode } from './shard-code.ts';
import type { ShardCount } from './shard-count.ts';
import type { ShardSettings } from './shard-settings.ts';
import { nameSourcePlaces } from './source-places.ts';

/** The build bundles both (`dev/bundle-shard.mjs`); worker threads read no TypeScript. */
const ENTRY = new URL('../shard/shard-thread.cjs', import.meta.url);
const CODE_PATH = fileURLToPath(new URL('../shard/shard-main.cjs', import.meta.url));

/**
 * Composes several shards in worker threads of this process.
 * @param lost         a shard has ended by a fault and cannot be replaced; the log has the cause. The broker is to be closed
 * @param startThread  default: threads that run the bundled `shard-main`
 */
export function composePool(
  count: ShardCount,
  lost: () => void,
  startThread: StartThread<ShardSettings> = bundledThreads(),
): (seat: ShardSeat) => ComposedPool {
  return (seat) => new ComposedPool({ ...seat, count, startThread, lost });
}

/** Threads with the bundle, which is read and compiled when the first of them starts. */
function bundledThreads(): StartThread<ShardSettings> {
  const start = workerThreads<ShardSettings>(ENTRY);
  let code: ShardCode | null = null;
  return (seat) => {
    code ??= loadShardCode(CODE_PATH);
    const seatWithCode = { ...seat, code };
    const thread = start(seatWithCode);
    return {
      onEnded: (listener) =>
        thread.onEnded((error) => listener(error === null ? null : nameSourcePlaces(error, CODE_PATH))),
      terminate: () => thread.terminate(),
    };
  };
}
