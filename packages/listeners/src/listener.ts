import type { Logger, Transport, TransportEvents } from '@nanomq-ts/core';
import type { ListenSocket } from './entry/listen-socket.ts';
import type { RefusalCounts } from './entry/refusal.ts';
import type { ProxyProtocolOptions } from './proxy/read-proxy-header.ts';
import type { TlsControl } from './tls/tls-stage.ts';
import type { WebSocketOptions } from './ws/web-socket-options.ts';

/** What a listener speaks below MQTT. */
export type ListenerKind = 'tcp' | 'tls' | 'ws' | 'wss' | 'unix';

/** What every listener is told. */
export interface ListenerOptions {
  /** As seen in `Transport.listener`, `tcp:default` for example. */
  readonly name: string;
  /** Called for each connection that may speak MQTT; answers who receives its events, null to refuse it at once. */
  readonly accept: (transport: Transport) => TransportEvents | null;
  /**
   * Called with the client's address (behind the PROXY protocol: the announced one) before a handshake costs
   * anything; false closes the connection at once. Default: everyone.
   */
  readonly admit?: (remoteAddress: string, remotePort: number) => boolean;
  /** A connection could not be accepted (too many open files, say); the listener goes on. Default: ignored. */
  readonly onError?: (error: Error) => void;
  /** Connections the kernel holds until they are accepted. Default 4096, which the kernel may cut. */
  readonly backlog?: number;
  /** The socket to listen on. Default: one of its own that nobody shares. */
  readonly socket?: ListenSocket;
  /** Expects a PROXY protocol header, version 1 or 2, before everything else. Default: none. */
  readonly proxyProtocol?: ProxyProtocolOptions;
  /** From accept until MQTT may begin: PROXY header, TLS and WebSocket handshake. Milliseconds, default 10,000. */
  readonly handshakeTimeoutMs?: number;
  /** Hears why connections are refused before MQTT, and of certificates. Default: nobody. */
  readonly logger?: Logger;
  /** A refusal is logged once per address within so many milliseconds. Default 60,000. */
  readonly refusalLogIntervalMs?: number;
  /** Time for the log's intervals and the validity of certificates: milliseconds since 1970. Default: the system's. */
  readonly nowMs?: () => number;
}

/** What an open listener takes besides other certificates; absent = as at its opening without the option. */
export interface ListenerSettings {
  readonly handshakeTimeoutMs?: number;
  readonly proxyProtocol?: ProxyProtocolOptions;
  /** Of a TLS or secure WebSocket listener. */
  readonly maxHandshakes?: number;
  /** Of a WebSocket listener. */
  readonly webSocket?: WebSocketOptions;
}

/** A listener on an address and a port. */
export interface PortListenerOptions extends ListenerOptions {
  /** Address to bind, `0.0.0.0` or `::` for all. */
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
}

/** An open listener, whatever its kind. */
export interface Listener {
  readonly name: string;
  readonly kind: ListenerKind;
  /** The address asked for; a Unix socket's path. */
  readonly host: string;
  /** The real one, also when 0 was asked for; 0 for a Unix socket. */
  readonly port: number;
  /** Open connections, those in a handshake included. */
  readonly connectionCount: number;
  /** Connections that were closed before MQTT could begin, or for breaking the rules of WebSocket, by reason. */
  readonly refusals: RefusalCounts;
  /** Certificates of a TLS or secure WebSocket listener; null for the others. */
  readonly tls: TlsControl | null;
  /**
   * Checks other settings, for connections that arrive once they are in force.
   * @returns what puts them in force; null when the listener must be opened anew for them: a TCP listener that was
   *   opened without the PROXY protocol cannot begin to expect it
   * @throws RangeError for a trusted source or an origin that is none; the settings in force stay
   */
  prepare(settings: ListenerSettings): (() => void) | null;
  /**
   * Stops accepting, frees the port and closes what is still in a handshake. Connections stay: ending them is their
   * owner's affair.
   */
  close(): Promise<void>;
}

/** A connect storm of thousands must not meet Node's default of 511. */
export const DEFAULT_BACKLOG = 4096;

/** Enough for a slow mobile network, short for who connects and never speaks. Milliseconds. */
export const DEFAULT_HANDSHAKE_TIMEOUT_MS = 10_000;
