import { AccessRules } from '@nanomq-ts/auth';
import { formatCheck, type NanomqConfig } from '@nanomq-ts/config';
import { authSettings } from '../auth-settings.ts';
import { enabledListeners } from '../listeners/listener-spec.ts';
import { startFailure } from '../process/start-failure.ts';
import { silentLogger } from '../silent-logger.ts';
import { type ConfigurationFlags, loadConfiguration } from './configuration.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * `nanomq check`: prints every effective value with where it came from, then the warnings.
 * @returns exit code 0
 * @throws ConfigError with every problem; CommandFailure when users, rules, keys of tokens or certificates are not good
 */
export async function checkConfiguration(
  flags: ConfigurationFlags,
  surroundings: Pick<Surroundings, 'env' | 'cwd' | 'stdout'>,
): Promise<number> {
  const loaded = loadConfiguration(flags, surroundings);
  surroundings.stdout.write(formatCheck(loaded));
  try {
    await checkParts(loaded.config, surroundings.cwd);
  } catch (error) {
    throw startFailure(error);
  }
  return 0;
}

/** What the broker would find out when it starts, before it opens a port. */
async function checkParts({ auth, listeners }: NanomqConfig, cwd: string): Promise<void> {
  new AccessRules(authSettings(auth, cwd), { logger: silentLogger, nowMs: () => 0 }).close();
  const secured = enabledListeners(listeners).filter(({ config }) => 'tls' in config);
  if (secured.length === 0) return;
  const { checkCertificates } = await import('../listeners/check-certificates.ts');
  await checkCertificates(secured, cwd, Date.now());
}
