/**
 * Two threads listen on one descriptor until each has taken a connection.
 *
 *   node packages/nanomq/test/e2e/shared-socket-threads.mjs tcp|ws
 */
import { connect, createServer } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { listenTcp, listenWs } from '@nanomq-ts/listeners';

const MOST_CONNECTIONS = 2000;

async function listen({ kind, fd, port }) {
  const accept = () => ({ received() {}, drained() {}, closed() {} });
  // Asked for each connection, before any handshake.
  const admit = () => {
    parentPort.postMessage('came');
    return true;
  };
  const options = { host: '127.0.0.1', port, name: kind, accept, admit, socket: { fd } };
  const listener = await (kind === 'ws' ? listenWs(options) : listenTcp(options));
  parentPort.postMessage(listener.port);
}

/** A worker that listens on the descriptor. */
function start(kind, fd, port, count) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { kind, fd, port } });
    worker.once('error', reject);
    worker.on('message', (message) => (message === 'came' ? count(worker) : resolve(message)));
  });
}

async function main(kind) {
  // This thread, which bound the descriptor, takes connections too.
  let own = 0;
  const server = createServer(() => own++);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  const { fd } = server._handle;
  const counts = new Map();
  let came = 0;
  const count = (worker) => {
    came++;
    counts.set(worker, (counts.get(worker) ?? 0) + 1);
  };
  const ports = await Promise.all([start(kind, fd, port, count), start(kind, fd, port, count)]);
  if (ports.some((found) => found !== port)) throw new Error(`ports ${ports}`);
  let made = 0;
  while (counts.size < 2 && made < MOST_CONNECTIONS) {
    const batch = Array.from({ length: 20 }, () => new Promise((resolve) => connect(port, '127.0.0.1', resolve)));
    await Promise.all(batch);
    made += batch.length;
    while (came + own < made) await new Promise(setImmediate);
  }
  process.stdout.write(counts.size === 2 ? 'all came in, by both threads\n' : `${counts.size} threads\n`);
  process.exit(0);
}

if (isMainThread) await main(process.argv[2]);
else await listen(workerData);
