import { ConfigError, type ConfigWarning, formatOrigin, formatWarning, type NanomqConfig } from '@nanomq-ts/config';
import type { Logger } from '@nanomq-ts/core';
import type { HttpAddress } from '../compose-main.ts';
import { enabledListeners } from '../listeners/listener-spec.ts';
import { addressText, listenerText } from '../listeners/listener-text.ts';
import type { ListenerAddress } from '../listeners/open-listeners.ts';
import type { RunningAddresses } from './runnable-broker.ts';

/** These two lines of configuration keep strangers out, and let those in whom `nanomq passwd` writes into the file. */
const CLOSING_LINES = ['auth.allow_anonymous = false', 'auth.password { include "nanomq_pwd.conf" }'] as const;

/** Says what is odd about the configuration. */
export function logConfigWarnings(warnings: readonly ConfigWarning[], log: Logger): void {
  for (const warning of warnings) log.warn({ code: warning.code }, formatWarning(warning));
}

/** Says why a configuration was not taken, problem by problem. */
export function logRefusal(error: unknown, text: string, log: Logger): void {
  const problems = error instanceof ConfigError ? error.problems : [];
  for (const { code, origin, message } of problems) log.error({ code }, `${formatOrigin(origin)}: ${message}`);
  log.error(problems.length > 0 ? {} : { err: error }, text);
}

/** Says where the broker is reached, and what of that a stranger could use. */
export function logStart(config: NanomqConfig, { listeners, http }: RunningAddresses, log: Logger): void {
  for (const address of listeners) {
    const { name } = address;
    log.info({ listener: name }, `listener ${name} accepts ${listenerText(address)}`);
  }
  if (http !== null) logHttp(config, http, log);
  const notice = strangerNotice(config, listeners);
  if (notice !== null) log.warn({}, notice);
}

/** What to say of listeners that let anyone in, and how to close them; null when none does. */
export function strangerNotice(config: NanomqConfig, listeners: readonly ListenerAddress[]): string | null {
  const open = config.auth.allowAnonymous ? openToStrangers(config, listeners) : [];
  if (open.length === 0) return null;
  const where = open.map(({ host, port }) => addressText(host, port)).join(', ');
  return `anyone who reaches ${where} may connect without a password; to close it: ${CLOSING_LINES.join(' and ')}`;
}

/** Those that let in who has neither a certificate nor the right to open a file. */
function openToStrangers({ listeners }: NanomqConfig, addresses: readonly ListenerAddress[]): ListenerAddress[] {
  const closed = enabledListeners(listeners).filter(
    ({ section, config }) =>
      section === 'unix' || ('tls' in config && config.tls.failIfNoPeerCert && config.tls.verifyPeer),
  );
  return addresses.filter(({ name }) => !closed.some(({ id }) => id === name));
}

function logHttp({ httpServer }: NanomqConfig, http: HttpAddress, log: Logger): void {
  const where = addressText(http.host, http.port);
  const reason = httpServer === null ? undefined : openReason(httpServer);
  if (reason === undefined) log.info({}, `the HTTP API listens on ${where}`);
  else if (httpServer?.isLoopbackByDefault) {
    log.warn({}, `the HTTP API listens on ${where} only, because ${reason} and http_server.ip_addr is not set`);
  } else log.warn({}, `the HTTP API listens on ${where}, and ${reason}: whoever reaches it commands the broker`);
}

/** Why anyone could command the broker; undefined when there is a login that nobody knows from the manual. */
function openReason({ authType, username, password }: NonNullable<NanomqConfig['httpServer']>): string | undefined {
  if (authType === 'no_auth') return 'http_server.auth_type is no_auth';
  const isDefault = authType === 'basic' && username === 'admin' && password === 'public';
  return isDefault ? 'http_server.username and password are still admin and public' : undefined;
}
