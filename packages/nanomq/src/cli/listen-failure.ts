import type { TcpListenerConfig } from '@nanomq-ts/config';

const REASONS: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'the address is in use by another process'],
  ['EACCES', 'this user may not use the port (ports below 1024 need a privilege)'],
  ['EPERM', 'this user may not use the port'],
  ['EADDRNOTAVAIL', 'this machine has no such address'],
  ['EAFNOSUPPORT', 'this machine does not support this kind of address'],
  ['ENOTFOUND', 'the host name is not known'],
  ['EAI_AGAIN', 'the host name cannot be looked up now'],
  ['EINVAL', 'the address cannot be listened on'],
  ['EMFILE', 'this process has no file descriptors left'],
]);

/** What is needed of a configured listener to find the one that failed. */
export type ConfiguredListener = Pick<TcpListenerConfig, 'name' | 'host' | 'port' | 'enable'>;

/**
 * Says in one line which listener could not be opened, at which address, and why.
 * @param error      what `broker.listen()` rejected with; members of `node:net` errors are used where they are there
 * @param listeners  the configured ones, to find the name
 */
export function describeListenFailure(error: unknown, listeners: readonly ConfiguredListener[]): string {
  const { code, host, port, message } = listenErrorParts(error);
  const enabled = listeners.filter((listener) => listener.enable);
  const byHost = enabled.filter((listener) => host === undefined || listener.host === host);
  const byPort = byHost.filter((listener) => port === undefined || listener.port === port);
  const [found, ...others] = byPort.length > 0 ? byPort : byHost;
  const reason = (code === undefined ? undefined : REASONS.get(code)) ?? message;
  const suffix = code === undefined ? '' : ` [${code}]`;
  const address = addressText(host ?? found?.host, port ?? found?.port);
  // A look-up that failed says no port: then more than one listener may be meant, and none is named.
  const name = found === undefined || others.length > 0 ? '' : ` ${found.name}`;
  return `listener${name} cannot listen on ${address}: ${reason}${suffix}`;
}

/** The same for the HTTP API. @param address  as configured */
export function describeHttpFailure(error: unknown, address: { readonly host: string; readonly port: number }): string {
  const { code, message } = listenErrorParts(error);
  const reason = (code === undefined ? undefined : REASONS.get(code)) ?? message;
  const suffix = code === undefined ? '' : ` [${code}]`;
  return `the HTTP API (http_server) cannot be opened on ${addressText(address.host, address.port)}: ${reason}${suffix}`;
}

interface ListenErrorParts {
  readonly code: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly message: string;
}

function listenErrorParts(error: unknown): ListenErrorParts {
  const members: Record<string, unknown> = typeof error === 'object' && error !== null ? { ...error } : {};
  const { code, address, hostname, port } = members;
  const host = address ?? hostname;
  return {
    code: typeof code === 'string' ? code : undefined,
    host: typeof host === 'string' ? host : undefined,
    port: typeof port === 'number' && port >= 0 ? port : undefined,
    message: error instanceof Error ? error.message : String(error),
  };
}

/** `host:port`, with brackets around an IPv6 address. */
export function addressText(host: string | undefined, port: number | undefined): string {
  const shown = host === undefined ? '?' : host.includes(':') ? `[${host}]` : host;
  return `${shown}:${port ?? '?'}`;
}
