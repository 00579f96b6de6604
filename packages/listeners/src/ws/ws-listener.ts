import { StagedListener } from '../entry/staged-listener.ts';
import type { Listener, PortListenerOptions } from '../listener.ts';
import type { TlsListenerOptions } from '../tls/tls-listener.ts';
import { TlsStage } from '../tls/tls-stage.ts';
import type { WebSocketOptions } from './web-socket-options.ts';
import { WebSocketStage } from './web-socket-stage.ts';

/** What a WebSocket listener is told. */
export interface WsListenerOptions extends PortListenerOptions {
  /** Default: `/mqtt`, every origin. */
  readonly webSocket?: WebSocketOptions;
}

/** What a secure WebSocket listener is told. */
export interface WssListenerOptions extends WsListenerOptions, TlsListenerOptions {}

/**
 * Opens a listener of MQTT over WebSocket.
 * @throws RangeError for a trusted source or an origin that is none; the error of the system (`EADDRINUSE`, ...) when
 *   the address cannot be bound
 * @see MQTT 5.0, 6 Using WebSocket as a network transport
 */
export async function listenWs(options: WsListenerOptions): Promise<Listener> {
  const webSocket = new WebSocketStage(options.webSocket ?? {});
  return StagedListener.openPort(options, { kind: 'ws', tls: null, webSocket });
}

/**
 * Opens a listener of MQTT over WebSocket over TLS.
 * @throws as `listenWs` and `listenTls`
 */
export async function listenWss(options: WssListenerOptions): Promise<Listener> {
  const webSocket = new WebSocketStage(options.webSocket ?? {});
  const tls = await TlsStage.open(options.tls, options);
  return StagedListener.openPort(options, { kind: 'wss', tls, webSocket });
}
