// A worker thread of the pool that tells `watched-pool.mjs` what it holds.
import { BroadcastChannel, workerData } from 'node:worker_threads';
import '../../dist/shard/shard-thread.cjs';
import { heldBytes } from './held-bytes.mjs';

const footprints = new BroadcastChannel('footprints');
footprints.onmessage = async ({ data }) => {
  if (data === 'asked') footprints.postMessage({ shardId: workerData.shardId, bytes: await heldBytes() });
};
