/**
 * The command with worker threads that can be asked what they hold: SIGUSR2 prints `footprint {JSON}` with the bytes that
 * each thread holds after a garbage collection, the main thread first. Plain JavaScript, because Node 20 runs it as it
 * is. Needs --expose-gc.
 */
import { BroadcastChannel } from 'node:worker_threads';
import { runPool } from '../e2e/run-pool.mjs';
import { heldBytes } from './held-bytes.mjs';

const SHARDS = 4;
const footprints = new BroadcastChannel('footprints');
footprints.unref();
let heldByShard = [];
footprints.onmessage = async ({ data: { shardId, bytes } }) => {
  heldByShard[shardId - 1] = bytes;
  if (heldByShard.filter((held) => held !== undefined).length < SHARDS) return;
  process.stdout.write(`footprint ${JSON.stringify([await heldBytes(), ...heldByShard])}\n`);
};
process.on('SIGUSR2', () => {
  heldByShard = [];
  footprints.postMessage('asked');
});

await runPool(new URL('watched-pool-shard.mjs', import.meta.url));
