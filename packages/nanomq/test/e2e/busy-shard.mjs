// A worker thread of the pool that has much to do when `growing-pool.mjs` tells it to.
import { BroadcastChannel } from 'node:worker_threads';
import '../../dist/shard/shard-thread.cjs';

const TURN_MS = 5;
let isBusy = false;

function work() {
  const untilMs = performance.now() + TURN_MS;
  while (performance.now() < untilMs);
  if (isBusy) setImmediate(work);
}

new BroadcastChannel('work').onmessage = ({ data }) => {
  isBusy = data;
  if (isBusy) work();
};
