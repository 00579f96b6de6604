/**
 * The one place that leans on what Node does not document: how to give accepted sockets one read buffer for all.
 *
 * `net.Socket` takes `onread: { buffer, callback }`, which makes libuv read into that buffer, but `net.Server`
 * offers no way to pass it. So this puts itself before the server's own `onconnection`, which receives the bare
 * handle, and makes the socket itself: one socket object per connection, no fresh 64 KiB buffer per read
 * (11.8 -> 6.7 µs of CPU per message when each comes in its own packet, see docs/architecture.md).
 * `tcp-listener.ts` falls back to `data` events when `shareReads` answers false; the contract suite runs over both.
 */
import { type Server, Socket } from 'node:net';

/**
 * Bytes of the buffer that every connection of this thread reads into. Larger means fewer reads of a busy
 * connection: 20 senders of 50 kB writes cost 0.36 s of CPU per GB with 64 KiB, 0.28 with 128, 0.21 with 256,
 * no less with 512 or 1024 (Node 20, 2 cores, three runs by turns). It bounds one read, not a packet.
 */
export const READ_BUFFER_BYTES = 262_144;

/** What is called with the bytes in `buffer[0, length)`; `this` is the socket. Must not return false. */
export type ReadCallback = (this: Socket, length: number, buffer: Buffer) => undefined;

/** The part of a TCP handle that is used here. `err` of `onconnection` is a negative errno of libuv, 0 when well. */
interface AcceptedHandle {
  useUserBuffer(buffer: Buffer): void;
  setNoDelay(on: boolean): number;
  getpeername(target: PeerName): number;
}
interface ServerHandle {
  onconnection: (this: unknown, err: number, handle: AcceptedHandle | undefined) => void;
}

/** What `getpeername` fills in; it leaves the fields alone when the peer is gone already. */
interface PeerName {
  address?: string;
  port?: number;
}

/** Receives a socket that is reading already, and where its peer is: '' and 0 when that is gone already. */
export type AcceptCallback = (socket: Socket, remoteAddress: string, remotePort: number) => void;

/** Options of a socket around an accepted handle: `handle` is read by the constructor, yet in no documentation. */
interface HandleOptions {
  readonly handle: AcceptedHandle;
  readonly onread: { readonly buffer: Buffer; readonly callback: ReadCallback };
}
type SocketOfHandle = new (options: HandleOptions) => Socket;

/** Memory of the thread, made with its first listener. */
let readBuffer: Buffer | undefined;

/**
 * Makes `server` (already listening) hand its connections to `accepted`, reading into the shared buffer through
 * `callback`. The server then neither counts them nor emits `connection` for them. Errors of accept still
 * surface as `error` of the server.
 * @returns false when this Node lacks what is needed; nothing has changed then
 */
export function shareReads(server: Server, callback: ReadCallback, accepted: AcceptCallback): boolean {
  const serverHandle = (server as unknown as { _handle?: Partial<ServerHandle> | null })._handle;
  const original = serverHandle?.onconnection;
  if (!serverHandle || typeof original !== 'function') return false;
  readBuffer ??= Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
  const onread = { buffer: readBuffer, callback };
  serverHandle.onconnection = function acceptHandle(err, handle) {
    if (err !== 0 || handle === undefined || !canShareReads(handle)) {
      original.call(this, err, handle); // emits 'error', or 'connection' with an ordinary socket
      return;
    }
    handle.setNoDelay(true);
    // Not socket.remoteAddress, which keeps an object of its own on every socket.
    const peer: PeerName = {};
    handle.getpeername(peer);
    const socket = new (Socket as unknown as SocketOfHandle)({ handle, onread });
    accepted(socket, peer.address ?? '', peer.port ?? 0);
  };
  return true;
}

function canShareReads(handle: Partial<AcceptedHandle>): boolean {
  return (
    typeof handle.useUserBuffer === 'function' &&
    typeof handle.setNoDelay === 'function' &&
    typeof handle.getpeername === 'function'
  );
}
