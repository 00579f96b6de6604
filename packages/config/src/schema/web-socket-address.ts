import { type BindAddress, formatAddress, parseAddress, withoutScheme } from './address.ts';
import type { ValueKind } from './setting.ts';
import { readWith } from './value-kinds.ts';

/** Where clients speak MQTT over WebSocket. */
export interface WebSocketAddress extends BindAddress {
  /** With the leading slash. */
  readonly path: string;
}

/** The `bind` of a WebSocket listener: an address, and `/path` (`/mqtt` when left out); `scheme://` is taken away. */
export function webSocketAddress(scheme: string): ValueKind<WebSocketAddress> {
  return readWith('address/path', (found) => {
    const [, address, path = '/mqtt'] = /^([^/]*)(\/[\w./~%-]*)?$/.exec(withoutScheme(String(found), scheme)) ?? [];
    const value = typeof found === 'object' ? undefined : parseAddress(address);
    return value === undefined
      ? { code: 'VALUE_INVALID', allowed: 'an address and path such as 0.0.0.0:8083/mqtt' }
      : { value: { ...value, path } };
  });
}

/** `host:port/path`, an IPv6 host in brackets. */
export function formatWebSocketAddress(address: WebSocketAddress): string {
  return formatAddress(address) + address.path;
}
