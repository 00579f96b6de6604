import type { ServerResponse } from 'node:http';
import { Note } from './note.ts';

/** What an error reply repeats of its request; only what could be read. */
export interface ReplyEcho {
  readonly seq?: number;
  readonly rep?: number;
}

const echoes = new Note<ServerResponse, ReplyEcho>();

/** Notes what the error reply is to repeat, if there comes one. */
export function setEcho(response: ServerResponse, echo: ReplyEcho): void {
  echoes.set(response, echo);
}

/** What was noted; `{}` when nothing was. */
export function echoOf(response: ServerResponse): ReplyEcho {
  return echoes.get(response) ?? {};
}
