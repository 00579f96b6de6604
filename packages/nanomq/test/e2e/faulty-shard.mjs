// A worker thread of the pool that fails when `faulty-pool.mjs` tells it to.
import { BroadcastChannel, workerData } from 'node:worker_threads';
import '../../dist/shard/shard-thread.cjs';

new BroadcastChannel('faults').onmessage = ({ data: { fault, shardId } }) => {
  if (shardId !== workerData.shardId) return;
  setImmediate(() => {
    if (fault === 'throw') throw new Error('on purpose');
    const hoard = [];
    for (;;) hoard.push(new Array(100_000).fill(hoard.length));
  });
};
