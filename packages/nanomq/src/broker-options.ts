import type { NanomqConfig } from '@nanomq-ts/config';
import { type Access, type Clock, type Logger, OpenAccess } from '@nanomq-ts/core';
import { CurrentConfiguration } from './configuration/current-configuration.ts';
import { type BrokerHooks, HookedAccess } from './embedded/hooked-access.ts';
import { OpenAccessSwitch } from './open-access-switch.ts';
import { logConfigWarnings } from './process/start-notices.ts';

/** Settings of an embedded broker. */
export interface BrokerOptions extends BrokerHooks {
  /**
   * Text as in `nanomq.conf`, or what `loadConfig` of `@nanomq-ts/config` gave. Default: what `nanomq start` has
   * without a file. The environment counts only where `loadConfig` was given it. The HTTP API needs the text.
   */
  readonly config?: NanomqConfig | string;
  /** Default: silence. */
  readonly logger?: Logger;
  /** Default: by `auth.allow_anonymous`, or everyone whom `onAuthenticate` admits. */
  readonly access?: Access;
  /** Time, for tests. Default: the system's. */
  readonly clock?: Clock;
}

/** Where an embedded broker has its configuration from. */
export interface EmbeddedConfiguration {
  readonly config: NanomqConfig;
  /** What the HTTP API shows and changes; null when the program gave the finished object. */
  readonly current: CurrentConfiguration | null;
}

/**
 * The configuration that the options ask for; warnings about its text are logged.
 * @throws ConfigError with every problem found in the text; Error for an object that asks for the HTTP API, which
 *   needs to know what the text said
 */
export function embeddedConfig({ config = '' }: BrokerOptions, logger: Logger): EmbeddedConfiguration {
  if (typeof config !== 'string') {
    if (config.httpServer === null) return { config, current: null };
    throw new Error('a broker with the HTTP API (http_server) takes its configuration as text');
  }
  const current = new CurrentConfiguration({ env: {}, flags: {}, cwd: process.cwd(), text: config });
  logConfigWarnings(current.composed.warnings, logger);
  return { config: current.composed.config, current };
}

/** Who may enter and do what; without hooks the Access itself, so that the message path stays free of them. */
export function embeddedAccess(config: NanomqConfig, options: BrokerOptions, logger: Logger): Access {
  const { onAuthenticate, onPublish, onSubscribe } = options;
  const access = options.access ?? accessByConfig(config, onAuthenticate !== undefined);
  if (onAuthenticate === undefined && onPublish === undefined && onSubscribe === undefined) return access;
  return new HookedAccess(access, options, logger);
}

/** A program that asks everyone who they are decides itself; else `auth.allow_anonymous` does. */
function accessByConfig(config: NanomqConfig, isAsked: boolean): Access {
  return isAsked ? new OpenAccess(true) : new OpenAccessSwitch(config.auth.allowAnonymous);
}
