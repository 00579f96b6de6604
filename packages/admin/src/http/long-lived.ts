import type { ServerResponse } from 'node:http';
import { Note } from './note.ts';

const marks = new Note<ServerResponse, () => void>();

/** The server says what is to happen when a handler declares `response` long-lived. */
export function onLongLived(response: ServerResponse, marked: () => void): void {
  marks.set(response, marked);
}

/**
 * A handler says that this reply has no end of its own (server-sent events): the server ends it when it closes. Its
 * place in `limit_conn` is freed with `releaseSlot`.
 */
export function markLongLived(response: ServerResponse): void {
  marks.take(response)?.();
}
