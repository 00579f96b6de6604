import { AccessRules, AuthError } from '@nanomq-ts/auth';
import { formatCheck, type NanomqConfig } from '@nanomq-ts/config';
import { authSettings } from '../auth-settings.ts';
import { startFailure } from '../process/start-failure.ts';
import { silentLogger } from '../silent-logger.ts';
import { type ConfigurationFlags, loadConfiguration } from './configuration.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * `nanomq check`: prints every effective value with where it came from, then the warnings.
 * @returns exit code 0
 * @throws ConfigError with every problem; CommandFailure when users, rules or keys of tokens are not good
 */
export function checkConfiguration(
  flags: ConfigurationFlags,
  surroundings: Pick<Surroundings, 'env' | 'cwd' | 'stdout'>,
): number {
  const loaded = loadConfiguration(flags, surroundings);
  surroundings.stdout.write(formatCheck(loaded));
  checkAccess(loaded.config, surroundings.cwd);
  return 0;
}

/** What the broker would find out when it starts. */
function checkAccess({ auth }: NanomqConfig, cwd: string): void {
  try {
    new AccessRules(authSettings(auth, cwd), { logger: silentLogger, nowMs: () => 0 }).close();
  } catch (error) {
    throw error instanceof AuthError ? startFailure(error) : error;
  }
}
