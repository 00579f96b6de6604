import type { ServerResponse } from 'node:http';
import { Note } from './note.ts';

const callbacks = new Note<ServerResponse, () => void>();

/**
 * Calls back when the reply is out or its reader gone, in the order of the calls. However many there are, the reply has
 * one listener: for a second one Node makes an array, at a place in its code whose earlier arrays live as long as
 * connections. So V8 makes it in the old generation, and all that it reaches outlives the scavenges.
 */
export function whenClosed(response: ServerResponse, callback: () => void): void {
  const earlier = callbacks.get(response);
  if (earlier === undefined) response.once('close', () => callbacks.take(response)?.());
  callbacks.set(response, earlier === undefined ? callback : inOrder(earlier, callback));
}

function inOrder(first: () => void, second: () => void): () => void {
  return () => {
    first();
    second();
  };
}
