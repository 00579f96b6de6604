import type { ListenOptions, Server } from 'node:net';
import type { ListenSocket } from './listen-socket.ts';

/** Where a server is to listen; the types of Node 20 do not know all of it. */
export interface BindOptions extends ListenOptions {
  readonly reusePort?: boolean;
  /** Bound already. */
  readonly fd?: number;
}

/**
 * Binds a server to an address or a path and lets it listen.
 * @param bound  called when it is bound, before anyone can be accepted
 * @throws the error of the system (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`, ...)
 */
export function bind(server: Server, where: BindOptions, bound?: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
    // Node binds within `listen`; when that failed, it tells so a tick later.
    if (server.listening) bound?.();
  });
}

/** What `bind` is told of an address and the socket for it; a descriptor that is bound already needs no address. */
export function bindOptions(address: BindOptions, { fd, reusePort, port }: ListenSocket = {}): BindOptions {
  const { backlog } = address;
  if (fd !== undefined) return { fd, ...(backlog !== undefined && { backlog }) };
  return reusePort === true ? { ...address, reusePort, ...(port !== undefined && { port }) } : address;
}
