import type { OpenStream } from './remote-stream.ts';
import { openSocket } from './socket-stream.ts';
import { openWebSocket } from './web-socket-stream.ts';

/** Opens a stream to a server by the way its URL names. */
export const openStream: OpenStream = (target, events) =>
  target.server.kind === 'ws' ? openWebSocket(target, events) : openSocket(target, events);
