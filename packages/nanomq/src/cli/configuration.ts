import { type ConfigSources, type LoadedConfig, loadConfig } from '@nanomq-ts/config';
import { configurationFile, SYSTEM_CONFIGURATION_FILE } from './configuration-file.ts';
import type { Surroundings } from './surroundings.ts';

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
