import type { BrokerFactory } from './cli/surroundings.ts';
import { MainComposition } from './compose-main.ts';
import { composePool } from './pool/compose-pool.ts';
import { shardCountOf } from './pool/shard-count.ts';
import { SystemClock } from './system-clock.ts';

/** The composition that `nanomq start` runs, on the system's clock: one shard in this thread, or several in threads. */
export const composeForProcess: BrokerFactory = async ({ config, logger, control, cwd, bans, lost }) => {
  const count = shardCountOf(config.taskq);
  const seat = { config, control: () => control, clock: new SystemClock(), logger, cwd, bans };
  return new MainComposition(count.atStart === 1 ? seat : { ...seat, compose: composePool(count, lost) });
};
