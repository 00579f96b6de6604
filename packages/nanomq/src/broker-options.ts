import type { NanomqConfig } from '@nanomq-ts/config';
import type { Access, Clock, Logger } from '@nanomq-ts/core';
import { CurrentConfiguration } from './configuration/current-configuration.ts';
import { type BrokerHooks, HookedAccess } from './embedded/hooked-access.ts';
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
  /** Default: by section `auth`; where that names no users, everyone whom `onAuthenticate` admits. */
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

/** Says that a program's broker has one shard, where the configuration asks for others: hooks cannot cross threads. */
export function warnOfShards({ taskq }: NanomqConfig, logger: Logger): void {
  if (taskq.shards === 1) return;
  const text =
    'system.num_taskq_thread has no effect: a broker inside a program runs one shard, in the thread that made it';
  logger.warn({ shards: taskq.shards }, text);
}

/**
 * What the broker is composed from: a program that asks everyone who they are (`onAuthenticate`) decides about clients
 * that the configuration says nothing about.
 */
export function programConfig(config: NanomqConfig, { onAuthenticate }: BrokerOptions): NanomqConfig {
  const { auth } = config;
  const { usesPasswords, jwt, http, peerCertAsUsername } = auth;
  const isAnyoneKnown = usesPasswords || jwt !== null || http?.authRequest != null || peerCertAsUsername !== 'off';
  if (onAuthenticate === undefined || isAnyoneKnown) return config;
  return { ...config, auth: { ...auth, allowAnonymous: true } };
}

/** Who may enter and do what; without hooks the Access itself, so that the message path stays free of them. */
export function programAccess(rules: Access, options: BrokerOptions, logger: Logger): Access {
  const { onAuthenticate, onPublish, onSubscribe, access = rules } = options;
  if (onAuthenticate === undefined && onPublish === undefined && onSubscribe === undefined) return access;
  return new HookedAccess(access, options, logger);
}
