import { type CrowdJob, IdleCrowd } from '../load/idle-crowd.ts';

// Entry of the idle crowd: job as JSON in argv[2]. A line on standard output says that all are connected; then it
// holds them until it is killed, and ends with an error as soon as the broker closes one.

const crowd = new IdleCrowd(JSON.parse(process.argv[2] ?? '{}') as CrowdJob);
await crowd.open();
process.stdout.write('up\n');
await crowd.orFailed(new Promise<never>(() => {}));
