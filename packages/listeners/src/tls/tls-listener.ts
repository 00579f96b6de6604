import { StagedListener } from '../entry/staged-listener.ts';
import type { Listener, PortListenerOptions } from '../listener.ts';
import type { TlsHandshakeOptions, TlsOptions } from './tls-options.ts';
import { TlsStage } from './tls-stage.ts';

/** What a TLS listener is told. */
export interface TlsListenerOptions extends PortListenerOptions, TlsHandshakeOptions {
  readonly tls: TlsOptions;
}

/**
 * Opens a listener of MQTT over TLS 1.2 and 1.3.
 * @throws TlsFilesError when the certificates cannot be used; RangeError for a trusted source that is none; the error
 *   of the system (`EADDRINUSE`, `EACCES`, ...) when the address cannot be bound
 */
export async function listenTls(options: TlsListenerOptions): Promise<Listener> {
  const tls = await TlsStage.open(options.tls, options);
  return StagedListener.openPort(options, { kind: 'tls', tls, webSocket: null });
}
