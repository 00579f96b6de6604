import type { ServerResponse } from 'node:http';

const marks = new WeakMap<ServerResponse, () => void>();

/** The server says what is to happen when a handler declares `response` long-lived. */
export function onLongLived(response: ServerResponse, marked: () => void): void {
  marks.set(response, marked);
}

/**
 * A handler says that this reply has no end of its own (server-sent events): it no longer counts as a request being
 * handled (`limit_conn`), and the server ends it when it closes.
 */
export function markLongLived(response: ServerResponse): void {
  marks.get(response)?.();
  marks.delete(response);
}
