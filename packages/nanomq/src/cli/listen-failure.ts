import type { ListenError } from '../listeners/listen-error.ts';
import { addressText } from '../listeners/listener-text.ts';

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

/** Says in one line which listener could not be opened, where, and why. */
export function describeListenFailure({ spec: { id, config }, cause }: ListenError): string {
  const where = 'path' in config ? config.path : addressText(config.host, config.port);
  return `listener ${id} cannot listen on ${where}: ${reasonText(cause)}`;
}

/** The same for the HTTP API. @param address  as configured */
export function describeHttpFailure(error: unknown, address: { readonly host: string; readonly port: number }): string {
  const where = addressText(address.host, address.port);
  return `the HTTP API (http_server) cannot be opened on ${where}: ${reasonText(error)}`;
}

/** Why, with the stable code where there is one. */
function reasonText(error: unknown): string {
  const { code } = typeof error === 'object' && error !== null && 'code' in error ? error : { code: undefined };
  const message = error instanceof Error ? error.message : String(error);
  return typeof code === 'string' ? `${REASONS.get(code) ?? message} [${code}]` : message;
}
