import { runCommandLine } from './command-line.ts';
import { faultText } from './fault-text.ts';
import type { Surroundings } from './surroundings.ts';

const surroundings: Surroundings = {
  env: process.env,
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  events: process,
  // Loaded when it is needed: no command but `start` makes a broker.
  createBroker: async (options) => (await import('../compose-process.ts')).composeForProcess(options),
  nowMs: () => performance.now(),
};

// `nanomq start | head -1` takes the reader away; the broker goes on without somebody to talk to.
for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);

// Until the outcome is known: a process that runs out of work halfway has not ended well.
process.exitCode = 1;

// The exit code is set, not forced: what is still to be written gets out, and the process ends by itself.
// No await at the top: it would hold the module, which `npm start` imports, until the broker has stopped.
runCommandLine(process.argv.slice(2), surroundings).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    process.stderr.write(`nanomq: an error nobody expected: ${faultText(error)}\n`);
    process.exit(1);
  },
);
