import type { BrokerFactory } from './cli/surroundings.ts';
import { MainComposition } from './compose-main.ts';
import { SystemClock } from './system-clock.ts';

/** The composition that `nanomq start` runs, on the system's clock. */
export const composeForProcess: BrokerFactory = async ({ config, logger, control, cwd, bans }) =>
  new MainComposition({ config, control: () => control, clock: new SystemClock(), logger, cwd, bans });
