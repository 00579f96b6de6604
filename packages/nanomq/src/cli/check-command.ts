import { formatCheck } from '@nanomq-ts/config';
import { type ConfigurationFlags, loadConfiguration } from './configuration.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * `nanomq check`: prints every effective value with where it came from, then the warnings.
 * @returns exit code 0
 * @throws ConfigError with every problem
 */
export function checkConfiguration(
  flags: ConfigurationFlags,
  surroundings: Pick<Surroundings, 'env' | 'cwd' | 'stdout'>,
): number {
  surroundings.stdout.write(formatCheck(loadConfiguration(flags, surroundings)));
  return 0;
}
