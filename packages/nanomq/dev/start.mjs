/**
 * `npm start`: installs and builds when needed, then runs `nanomq start --conf etc/nanomq.conf` in this very
 * process, so that a SIGTERM sent to npm reaches the broker and its exit code is the one npm reports.
 * Further arguments go to the command: `npm start -- --url nmq-tcp://127.0.0.1:1884`.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt, ROOT } from './ensure-built.mjs';

ensureBuilt();

const cli = new URL('../dist/cli/main.js', import.meta.url);
const given = process.argv.slice(2);
process.argv = [process.execPath, fileURLToPath(cli), 'start', '--conf', join(ROOT, 'etc/nanomq.conf'), ...given];
await import(cli.href);
