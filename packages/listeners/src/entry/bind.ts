import type { ListenOptions, Server } from 'node:net';

/**
 * Binds a server to an address or a path and lets it listen.
 * @param bound  called when it is bound, before anyone can be accepted
 * @throws the error of the system (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`, ...)
 */
export function bind(server: Server, where: ListenOptions, bound?: () => void): Promise<void> {
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
