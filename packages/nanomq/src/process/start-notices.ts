import { ConfigError, type ConfigWarning, formatOrigin, formatWarning, type NanomqConfig } from '@nanomq-ts/config';
import type { Logger } from '@nanomq-ts/core';
import { addressText } from '../cli/listen-failure.ts';
import type { HttpAddress, ListenerAddress } from '../compose-main.ts';
import type { RunningAddresses } from './runnable-broker.ts';

/** Each of these two lines of configuration alone keeps strangers out. */
const CLOSING_LINES = ['auth.allow_anonymous = false', 'listeners.tcp.bind = "127.0.0.1:1883"'] as const;

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
  for (const { name, host, port } of listeners) {
    log.info({ listener: name }, `listener ${name} accepts MQTT on ${addressText(host, port)}`);
  }
  if (http !== null) logHttp(config, http, log);
  if (config.auth.allowAnonymous) log.warn({}, anonymousNotice(listeners));
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

function anonymousNotice(addresses: readonly ListenerAddress[]): string {
  const where = addresses.map(({ host, port }) => addressText(host, port)).join(', ');
  return `anyone who reaches ${where} may connect without a password; to close it: ${CLOSING_LINES.join(' or ')}`;
}
