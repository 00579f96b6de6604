import { once } from 'node:events';
import { createServer } from 'node:net';

// Below the ports that the system gives to outgoing connections (from 32768 on): between being found free and being
// listened on, one of those could be taken by any client of any test that runs at the same time.
const LOWEST = 12_000;
/** Each worker of vitest has ports of its own: no two take the same one before either listens on it. */
const COUNT = 2_500;
const WORKERS = 8;
const first = LOWEST + (Number(process.env.VITEST_POOL_ID ?? 1) % WORKERS) * COUNT;
// Not always the same ones, so that two runs on one machine hardly meet.
let next = Math.floor(Math.random() * COUNT);

/**
 * A port that nobody listens on, given again only after all others.
 * @throws the system's error, other than that it is in use
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = first + next;
    next = (next + 1) % COUNT;
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false;
    throw error;
  }
  server.close();
  await once(server, 'close');
  return true;
}
