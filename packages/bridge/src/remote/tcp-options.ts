import type { Socket } from 'node:net';
import type { BridgeTcp } from '../bridge-options.ts';

/** Sets the options of a bridge on its connected socket, or on what TLS has made of it. */
export function applyTcpOptions(socket: Socket, { noDelay, keepAliveMs }: BridgeTcp): void {
  socket.setNoDelay(noDelay);
  if (keepAliveMs !== null) socket.setKeepAlive(true, keepAliveMs);
}
