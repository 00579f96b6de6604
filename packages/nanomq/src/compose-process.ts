import type { BrokerFactory } from './cli/surroundings.ts';
import { MainComposition } from './compose-main.ts';
import { OpenAccessSwitch } from './open-access-switch.ts';
import { SystemClock } from './system-clock.ts';

/** The composition that `nanomq start` runs: by `auth.allow_anonymous`, on the system's clock. */
export const composeForProcess: BrokerFactory = async ({ config, logger, control, cwd }) =>
  new MainComposition({
    config,
    control: () => control,
    access: new OpenAccessSwitch(config.auth.allowAnonymous),
    clock: new SystemClock(),
    logger,
    cwd,
  });
