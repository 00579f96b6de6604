import { existsSync } from 'node:fs';
import { type LoadedConfig, loadConfig } from '@nanomq-ts/config';
import type { Surroundings } from './surroundings.ts';

/** Read when neither `--conf` nor `NANOMQ_CONF_PATH` names a file, if it is there. */
export const SYSTEM_CONFIGURATION_FILE = '/etc/nanomq.conf';

/** What `--conf`, `--url` and `--log_level` said. */
export interface ConfigurationFlags {
  readonly conf?: string | undefined;
  readonly urls: readonly string[];
  readonly logLevel?: string | undefined;
}

/**
 * The configuration of `nanomq start` and `nanomq check`: `--conf`, else `NANOMQ_CONF_PATH`, else `systemFile` if it
 * exists, else the defaults.
 * @throws ConfigError with every problem
 */
export function loadConfiguration(
  flags: ConfigurationFlags,
  surroundings: Pick<Surroundings, 'env' | 'cwd'>,
  systemFile: string = SYSTEM_CONFIGURATION_FILE,
): LoadedConfig {
  const { env, cwd } = surroundings;
  const isNamed = flags.conf !== undefined || (env.NANOMQ_CONF_PATH ?? '') !== '';
  const file = !isNamed && existsSync(systemFile) ? systemFile : flags.conf;
  return loadConfig({ file, env, cwd, flags: { urls: flags.urls, logLevel: flags.logLevel } });
}
