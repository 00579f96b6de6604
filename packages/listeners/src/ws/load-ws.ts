import { createRequire } from 'node:module';

type Ws = typeof import('ws');

const require = createRequire(import.meta.url);
let loaded: Ws | null = null;

/** Loaded by the first listener for WebSocket: a shard without one does without its 2 MB. */
export function loadWs(): Ws {
  loaded ??= require('ws') as Ws;
  return loaded;
}
