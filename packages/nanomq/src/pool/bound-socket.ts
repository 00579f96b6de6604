/**
 * The one place that binds an address without listening on it, for which Node has no documented way: threads then listen
 * on the descriptor together. `net._createServerHandle` is what Node's own cluster module uses.
 */
import { lookup } from 'node:dns/promises';
import net, { isIP } from 'node:net';
import { getSystemErrorName } from 'node:util';

/** The parts of Node's TCP handle that are used here. */
interface ServerHandle {
  readonly fd: number;
  /** @returns 0, or a negative errno of libuv */
  getsockname(target: object): number;
  close(): void;
}

/** @returns a bound handle, or a negative errno of libuv */
type CreateServerHandle = (address: string, port: number, addressType: 4 | 6, fd: number) => ServerHandle | number;

/** A TCP socket that is bound and does not listen. */
export class BoundSocket {
  readonly #handle: ServerHandle;

  private constructor(handle: ServerHandle) {
    this.#handle = handle;
  }

  /** @throws the error of the system (`EADDRINUSE`, `EACCES`, `ENOTFOUND`, ...) */
  static async bind(host: string, port: number): Promise<BoundSocket> {
    const { address, family } = isIP(host) === 0 ? await lookup(host) : { address: host, family: isIP(host) };
    const { _createServerHandle: create } = net as unknown as { readonly _createServerHandle: CreateServerHandle };
    const handle = create(address, port, family === 6 ? 6 : 4, -1);
    if (typeof handle === 'number') throw bindError(handle, address, port);
    // libuv keeps EADDRINUSE for later; whoever listened on the descriptor would get some other port.
    const errno = handle.getsockname({});
    if (errno === 0) return new BoundSocket(handle);
    handle.close();
    throw bindError(errno, address, port);
  }

  get fd(): number {
    return this.#handle.fd;
  }

  close(): void {
    this.#handle.close();
  }
}

/** As `net.Server` would have told it. */
function bindError(errno: number, address: string, port: number): Error {
  const code = getSystemErrorName(errno);
  return Object.assign(new Error(`listen ${code}: ${address}:${port}`), { code, errno, address, port });
}
