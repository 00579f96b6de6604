// The command as `bin/nanomq.js` runs it, with worker threads of a test's own.
import { workerThreads } from '@nanomq-ts/taskq';
import { runCommandLine } from '../../dist/cli/command-line.js';
import { MainComposition } from '../../dist/compose-main.js';
import { composePool } from '../../dist/pool/compose-pool.js';
import { shardCountOf } from '../../dist/pool/shard-count.js';
import { SystemClock } from '../../dist/system-clock.js';

/** @param entry    the file that runs in each thread. @param options  of Node's Worker. @param clock  of the main thread */
export async function runPool(entry, options = {}, clock = new SystemClock()) {
  const startThread = workerThreads(entry, options);
  const createBroker = async ({ config, control, lost, ...rest }) => {
    const compose = composePool(shardCountOf(config.taskq), lost, startThread);
    return new MainComposition({ config, control: () => control, clock, ...rest, compose });
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
}
