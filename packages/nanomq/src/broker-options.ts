import { formatWarning, loadConfig, type NanomqConfig } from '@nanomq-ts/config';
import { type Access, type Clock, type Logger, OpenAccess } from '@nanomq-ts/core';
import { type BrokerHooks, HookedAccess } from './embedded/hooked-access.ts';

/** Settings of an embedded broker. */
export interface BrokerOptions extends BrokerHooks {
  /**
   * Text as in `nanomq.conf`, or what `loadConfig` of `@nanomq-ts/config` gave. Default: what `nanomq start` has
   * without a file. The environment counts only where `loadConfig` was given it.
   */
  readonly config?: NanomqConfig | string;
  /** Default: silence. */
  readonly logger?: Logger;
  /** Default: by `auth.allow_anonymous`, or everyone whom `onAuthenticate` admits. */
  readonly access?: Access;
  /** Time, for tests. Default: the system's. */
  readonly clock?: Clock;
}

/**
 * The configuration that the options ask for; warnings about its text are logged.
 * @throws ConfigError with every problem found in the text
 */
export function embeddedConfig({ config = '' }: BrokerOptions, logger: Logger): NanomqConfig {
  if (typeof config !== 'string') return config;
  const loaded = loadConfig({ env: {}, flags: {}, cwd: process.cwd(), text: config });
  for (const warning of loaded.warnings) logger.warn({ code: warning.code }, formatWarning(warning));
  return loaded.config;
}

/** Who may enter and do what; without hooks the Access itself, so that the message path stays free of them. */
export function embeddedAccess(config: NanomqConfig, options: BrokerOptions, logger: Logger): Access {
  const { onAuthenticate, onPublish, onSubscribe } = options;
  const allowAnonymous = onAuthenticate !== undefined || config.auth.allowAnonymous;
  const access = options.access ?? new OpenAccess(allowAnonymous);
  if (onAuthenticate === undefined && onPublish === undefined && onSubscribe === undefined) return access;
  return new HookedAccess(access, options, logger);
}
