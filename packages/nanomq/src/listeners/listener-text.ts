import type { ListenerKind } from '@nanomq-ts/listeners';
import type { ListenerAddress } from './open-listeners.ts';

const CARRIERS: Readonly<Record<ListenerKind, string>> = {
  tcp: 'MQTT',
  tls: 'MQTT over TLS',
  ws: 'MQTT over WebSocket',
  wss: 'MQTT over WebSocket and TLS',
  unix: 'MQTT',
};

/** What a listener speaks and where, for people: `MQTT over TLS on 0.0.0.0:8883`. */
export function listenerText({ kind, host, port }: ListenerAddress): string {
  return `${CARRIERS[kind]} on ${kind === 'unix' ? host : addressText(host, port)}`;
}

/** `host:port`, with brackets around an IPv6 address. */
export function addressText(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
