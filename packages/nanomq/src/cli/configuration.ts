import { existsSync } from 'node:fs';
import { type ConfigSources, type LoadedConfig, loadConfig } from '@nanomq-ts/config';
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
 * Where the configuration comes from: `--conf`, else `NANOMQ_CONF_PATH`, else `systemFile` if it exists, else the
 * defaults.
 */
export function configurationSources(
  flags: ConfigurationFlags,
  { env, cwd }: Pick<Surroundings, 'env' | 'cwd'>,
  systemFile: string = SYSTEM_CONFIGURATION_FILE,
): ConfigSources {
  // The place of the control socket is the command's own matter.
  const { NANOMQ_RUN_DIR: _, ...settings } = env;
  const file = configurationFile(flags.conf, env, systemFile);
  return { file, env: settings, cwd, flags: { urls: flags.urls, logLevel: flags.logLevel } };
}

/** The file that a broker started with these words in this environment runs with; undefined: none. */
export function configurationFile(
  conf: string | undefined,
  { NANOMQ_CONF_PATH: named = '' }: NodeJS.ProcessEnv,
  systemFile: string = SYSTEM_CONFIGURATION_FILE,
): string | undefined {
  if (conf !== undefined) return conf;
  if (named !== '') return named;
  return existsSync(systemFile) ? systemFile : undefined;
}

/**
 * The configuration of `nanomq check`, the same as that of `nanomq start`.
 * @throws ConfigError with every problem
 */
export function loadConfiguration(
  flags: ConfigurationFlags,
  surroundings: Pick<Surroundings, 'env' | 'cwd'>,
  systemFile: string = SYSTEM_CONFIGURATION_FILE,
): LoadedConfig {
  return loadConfig(configurationSources(flags, surroundings, systemFile));
}
