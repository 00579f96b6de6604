/**
 * What a worker thread of the pool starts: runs `shard-main.cjs` beside it, as it was compiled in the main thread when
 * the seat brings that along (`pool/compose-pool.ts`). The build makes one CommonJS file of it: Node's loader of ES
 * modules would cost every thread 2 MB.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { workerData } from 'node:worker_threads';
import { loadShardCode, moduleIn, type ShardCode } from './pool/shard-code.ts';

const { code = loadShardCode(join(dirname(fileURLToPath(import.meta.url)), 'shard-main.cjs')) } = workerData as {
  readonly code?: ShardCode;
};
const shardModule = { exports: {} };
moduleIn(code)(shardModule.exports, createRequire(code.path), shardModule, code.path, dirname(code.path));
