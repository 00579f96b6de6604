import { resolve } from 'node:path';
import type { TlsConfig, WebSocketConfig } from '@nanomq-ts/config';
import type { Logger, Transport, TransportEvents } from '@nanomq-ts/core';
import {
  type Listener,
  type ListenerOptions,
  type ListenerSettings,
  type ListenSocket,
  listenTcp,
  listenTls,
  listenUnix,
  listenWs,
  listenWss,
  type TlsOptions,
  type WebSocketOptions,
} from '@nanomq-ts/listeners';
import { ListenError } from './listen-error.ts';
import type { ListenerSpec } from './listener-spec.ts';

/** Smallest limit of a WebSocket message, in bytes: a client may put many packets into one. */
const MIN_MESSAGE_BYTES = 1_048_576;

/** What listeners are opened with. */
export interface ListenerSeat {
  /** Called for each connection that may speak MQTT; null closes it at once. */
  readonly accept: (transport: Transport) => TransportEvents | null;
  /** Whether an address may begin a TLS handshake, which costs more than anything a client can do before it. */
  readonly admit: (remoteAddress: string) => boolean;
  /** Largest MQTT packet, in bytes: of a WebSocket message this much must pass. */
  readonly maxPacketBytes: () => number;
  readonly logger: Logger;
  readonly nowMs: () => number;
  /** Files of the configuration are relative to it. */
  readonly cwd: string;
}

/**
 * Opens one listener of the configuration.
 * @param socket  where several threads share its address
 * @throws ListenError; its cause is a TlsFilesError or the error of the system
 */
export async function openListener(spec: ListenerSpec, seat: ListenerSeat, socket?: ListenSocket): Promise<Listener> {
  try {
    return await open(spec, seat, socket);
  } catch (error) {
    throw new ListenError(spec, error);
  }
}

/** Section TLS of a listener as the listener takes it. */
export function tlsOptions({ certFile, keyFile, caFile, crlFile, ...rest }: TlsConfig, cwd: string): TlsOptions {
  return {
    ...rest,
    certFile: resolve(cwd, certFile),
    keyFile: resolve(cwd, keyFile),
    ...(caFile !== undefined && { caFile: resolve(cwd, caFile) }),
    ...(crlFile !== undefined && { crlFile: resolve(cwd, crlFile) }),
  };
}

function open(spec: ListenerSpec, seat: ListenerSeat, socket?: ListenSocket): Promise<Listener> {
  const common = { ...commonOptions(spec, seat, socket), ...listenerSettings(spec, seat) };
  switch (spec.section) {
    case 'tcp': {
      const { host, port } = spec.config;
      return listenTcp({ ...common, host, port });
    }
    case 'ssl': {
      const { host, port, tls } = spec.config;
      return listenTls({ ...common, ...admission(seat), host, port, tls: tlsOptions(tls, seat.cwd) });
    }
    case 'ws': {
      const { host, port } = spec.config;
      return listenWs({ ...common, host, port });
    }
    case 'wss': {
      const { host, port, tls } = spec.config;
      return listenWss({ ...common, ...admission(seat), host, port, tls: tlsOptions(tls, seat.cwd) });
    }
    case 'unix': {
      const { path, mode } = spec.config;
      return listenUnix({ ...common, path: resolve(seat.cwd, path), mode });
    }
    default:
      return spec satisfies never;
  }
}

/** What a listener takes also while it is open. */
export function listenerSettings({ config }: ListenerSpec, seat: ListenerSeat): ListenerSettings {
  const { handshakeTimeoutMs, proxyProtocol } = config;
  return {
    handshakeTimeoutMs,
    ...(proxyProtocol !== undefined && { proxyProtocol }),
    ...('maxHandshakes' in config && { maxHandshakes: config.maxHandshakes }),
    ...('webSocket' in config && { webSocket: webSocketOptions(config.webSocket, seat) }),
  };
}

function commonOptions({ id }: ListenerSpec, seat: ListenerSeat, socket?: ListenSocket): ListenerOptions {
  const { accept, logger, nowMs } = seat;
  return {
    name: id,
    accept,
    onError: (err) => logger.error({ err, listener: id }, 'a connection could not be accepted'),
    logger,
    nowMs,
    ...(socket !== undefined && { socket }),
  };
}

/** Without TLS the core asks at once, and counts whom it turns away. */
function admission({ admit }: ListenerSeat): Pick<ListenerOptions, 'admit'> {
  return { admit: (remoteAddress) => admit(remoteAddress) };
}

function webSocketOptions({ path, origins }: WebSocketConfig, { maxPacketBytes }: ListenerSeat): WebSocketOptions {
  const maxPayloadBytes = () => Math.max(MIN_MESSAGE_BYTES, maxPacketBytes());
  return { path, maxPayloadBytes, ...(origins !== undefined && { origins }) };
}
