import type { ConfigPort } from '@nanomq-ts/admin';
import type { ConfigSources, LoadedConfig } from '@nanomq-ts/config';

/** The configuration as the administration sees it: what was accepted last, and where it came from. */
export interface SeenConfiguration {
  readonly accepted: LoadedConfig;
  readonly sources: ConfigSources;
  /** Absolute path of the file in use; undefined without one. */
  readonly path: string | undefined;
  /** Reads the sources again; nothing changes. @throws ConfigError with every problem */
  read(): LoadedConfig;
}

/** What changes the configuration of a running broker, and the configuration itself. */
export type ConfigurationSeat = ConfigPort & { readonly current: SeenConfiguration };
