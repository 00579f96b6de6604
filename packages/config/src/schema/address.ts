import type { ValueKind } from './setting.ts';
import { readWith } from './value-kinds.ts';

/** A host and port to listen on. `host` has no brackets; port 0 lets the system choose. */
export interface BindAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `HOST:PORT`, `[IPV6]:PORT`, `:PORT` or `PORT` (every IPv4 address then).
 * @returns undefined when it is not an address
 */
export function parseAddress(found: unknown): BindAddress | undefined {
  const written = typeof found === 'number' ? String(found) : found;
  if (typeof written !== 'string') return undefined;
  const match = /^(?:(?:\[([0-9a-f:.]+(?:%[\w.-]+)?)\]|([\w.-]*)):)?(\d{1,5})$/i.exec(written.trim());
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) return undefined;
  return { host: match[1] ?? (match[2] || '0.0.0.0'), port };
}

/** `host:port`, an IPv6 host in brackets. */
export function formatAddress({ host, port }: BindAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The `bind` of a listener; a leading `scheme://`, as in `--url` and NanoMQ's variables, is taken away. */
export function bindAddress(scheme: string): ValueKind<BindAddress> {
  return readWith('address', (found) => {
    const value = parseAddress(typeof found === 'string' ? withoutScheme(found, scheme) : found);
    return value === undefined
      ? { code: 'VALUE_INVALID', allowed: 'an address such as 0.0.0.0:1883 or "[::]:1883"' }
      : { value };
  });
}

/** Takes `scheme://` away from the beginning, if it is there. */
export function withoutScheme(text: string, scheme: string): string {
  const prefix = `${scheme}://`;
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}
