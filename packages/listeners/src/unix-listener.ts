import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { StagedListener } from './entry/staged-listener.ts';
import { DEFAULT_BACKLOG, type Listener, type ListenerOptions } from './listener.ts';

/** What a listener on a Unix socket is told. */
export interface UnixListenerOptions extends ListenerOptions {
  /** The file; Linux allows 107 bytes. */
  readonly path: string;
  /** Permissions of the file: who may write to it may connect. Default 0o660. */
  readonly mode?: number;
}

/** Owner and group. */
const DEFAULT_MODE = 0o660;

/**
 * Opens a listener on a Unix socket. A file that a listener left behind when it was killed is removed; `close`
 * removes its own.
 * @throws the error of the system: `EADDRINUSE` also when the file belongs to a living listener or is no socket
 */
export async function listenUnix(options: UnixListenerOptions): Promise<Listener> {
  const { path, mode = DEFAULT_MODE, backlog = DEFAULT_BACKLOG, socket } = options;
  const listener = new StagedListener(options, { kind: 'unix', tls: null, webSocket: null });
  // Whoever bound the descriptor has seen to its file.
  if (socket?.fd !== undefined) return listener.listen({ path, backlog });
  if (await isStale(path)) unlinkSync(path);
  // Node binds before `listen` returns: between the two no other code runs.
  return listener.listen({ path, backlog }, () => chmodSync(path, mode));
}

/** True when the file is a socket that nobody listens on. */
async function isStale(path: string): Promise<boolean> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return false;
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}
