/**
 * `npm run bench`: installs and builds when needed, then runs the bench in this very process, so that a SIGINT
 * reaches it. Arguments go to the bench: `npm run bench -- --ci`, `npm run bench -- --help`.
 */
import { ensureBuilt } from './ensure-built.mjs';

ensureBuilt();

await import('../../../bench/dist/bench-main.js');
