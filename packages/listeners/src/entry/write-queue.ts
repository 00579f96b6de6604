import type { Socket } from 'node:net';

/** The part of a socket's handle that is used here: bytes that libuv holds because the kernel has no room. */
export interface WriteQueue {
  readonly writeQueueSize?: number | undefined;
}

/** Where a Node has no such handle, nothing is ever known to be taken before the socket says so. */
const UNKNOWN: WriteQueue = {};

/**
 * The second place that leans on what Node does not document: whether the kernel took what was written to a socket.
 *
 * A TLS socket tells that a write is done a turn later, whatever the kernel did, though the bytes were encrypted, and
 * so are free, before `write` returns. Taken at its word, every write would look like a congested connection and cost
 * its buffer. The handle below knows better.
 * @param socket  the TCP socket at the bottom, as it was accepted
 */
export function writeQueueOf(socket: Socket): WriteQueue {
  return (socket as unknown as { _handle?: WriteQueue | null })._handle ?? UNKNOWN;
}
