import type { Logger } from '@nanomq-ts/core';
import type { MainComposition } from '../compose-main.ts';
import { ConfigControl } from '../configuration/config-control.ts';
import type { CurrentConfiguration } from '../configuration/current-configuration.ts';
import { OrderQueue } from '../process/order-queue.ts';

/** What the HTTP API of an embedded broker acts upon. */
export interface EmbeddedSeat {
  readonly main: Pick<MainComposition, 'prepare'>;
  readonly close: () => Promise<void>;
  readonly logger: Logger;
}

/**
 * What the HTTP API may do with the configuration of an embedded broker: there is no file, so changes hold until the
 * broker is closed. `stop` closes it; a restart is the program's own affair, for its subscriptions would not survive it.
 */
export function embeddedControl(
  current: CurrentConfiguration | null,
  { main, close, logger }: EmbeddedSeat,
): ConfigControl {
  if (current === null) throw new Error('a broker with the HTTP API (http_server) takes its configuration as text');
  return new ConfigControl(
    current,
    {
      prepare: ({ config }) => main.prepare(config),
      // Neither variables nor flags count here.
      overridden: () => undefined,
      stop: () => void close(),
      restart: () => logger.warn({}, 'a restart was asked for: the program that embeds this broker must do it'),
    },
    new OrderQueue(),
  );
}
