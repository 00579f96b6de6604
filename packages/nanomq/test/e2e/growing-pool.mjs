// The command with worker threads that are busy from SIGUSR2 on until SIGALRM, and a main thread whose clock lets what it
// does at intervals come ten times as often: the pool grows within seconds.
import { BroadcastChannel } from 'node:worker_threads';
import { SystemClock } from '../../dist/system-clock.js';
import { runPool } from './run-pool.mjs';

const HASTE = 10;

class HastyClock extends SystemClock {
  every(ms, callback) {
    return super.every(ms / HASTE, callback);
  }
}

const work = new BroadcastChannel('work');
work.unref();
process.on('SIGUSR2', () => work.postMessage(true));
process.on('SIGALRM', () => work.postMessage(false));

await runPool(new URL('busy-shard.mjs', import.meta.url), {}, new HastyClock());
