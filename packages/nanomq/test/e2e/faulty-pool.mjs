// The command with worker threads that fail when they are told to: SIGUSR2 lets shard 1 throw, SIGALRM lets it run out
// of memory.
import { BroadcastChannel } from 'node:worker_threads';
import { runPool } from './run-pool.mjs';

const faults = new BroadcastChannel('faults');
faults.unref();
process.on('SIGUSR2', () => faults.postMessage({ fault: 'throw', shardId: 1 }));
process.on('SIGALRM', () => faults.postMessage({ fault: 'memory', shardId: 1 }));

await runPool(new URL('faulty-shard.mjs', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 64 } });
