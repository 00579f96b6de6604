// The command as `bin/nanomq.js` runs it, with worker threads that fail when they are told to: SIGUSR2 lets shard 1 throw,
// SIGALRM lets it run out of memory.
import { BroadcastChannel } from 'node:worker_threads';
import { workerThreads } from '@nanomq-ts/taskq';
import { runCommandLine } from '../../dist/cli/command-line.js';
import { MainComposition } from '../../dist/compose-main.js';
import { composePool } from '../../dist/pool/compose-pool.js';
import { shardCountOf } from '../../dist/pool/shard-count.js';
import { SystemClock } from '../../dist/system-clock.js';

const faults = new BroadcastChannel('faults');
faults.unref();
process.on('SIGUSR2', () => faults.postMessage({ fault: 'throw', shardId: 1 }));
process.on('SIGALRM', () => faults.postMessage({ fault: 'memory', shardId: 1 }));

const resourceLimits = { maxOldGenerationSizeMb: 64 };
const startThread = workerThreads(new URL('faulty-shard.mjs', import.meta.url), { resourceLimits });
const createBroker = async ({ config, control, ...rest }) => {
  const compose = composePool(shardCountOf(config.taskq), startThread);
  return new MainComposition({ config, control: () => control, clock: new SystemClock(), ...rest, compose });
};
const surroundings = {
  env: process.env,
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  events: process,
  createBroker,
  nowMs: () => performance.now(),
};
process.exitCode = await runCommandLine(process.argv.slice(2), surroundings);
