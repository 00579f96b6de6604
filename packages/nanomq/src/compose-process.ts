import type { BrokerFactory } from './cli/surroundings.ts';
import { MainComposition } from './compose-main.ts';
import { shardCountOf } from './pool/shard-count.ts';
import { SystemClock } from './system-clock.ts';

/** The composition that `nanomq start` runs, on the system's clock: one shard in this thread, or several in threads. */
export const composeForProcess: BrokerFactory = async ({ config, logger, control, cwd, bans, lost }) => {
  const count = shardCountOf(config.taskq);
  const seat = { config, control: () => control, clock: new SystemClock(), logger, cwd, bans };
  if (count.atStart === 1) return new MainComposition(seat);
  // Loaded when it is needed: one shard does without threads and rings.
  const { composePool } = await import('./pool/compose-pool.ts');
  return new MainComposition({ ...seat, compose: composePool(count, lost) });
};
