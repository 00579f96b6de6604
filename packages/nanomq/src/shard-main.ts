/** What a worker thread of the pool runs: a whole shard with its listeners. Started by `pool/composed-pool.ts`. */
import { workerData } from 'node:worker_threads';
import { hostShard } from './pool/host-shard.ts';
import { SystemClock } from './system-clock.ts';

hostShard(workerData, new SystemClock());
