import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./api-poller.mjs', import.meta.url));

/** Calls since the poller was made. */
export interface PollCounts {
  /** Answered with 200, to the end. */
  readonly good: number;
  readonly bad: number;
}

/** Asks the HTTP API for all clients (req 5) and a page of them (v4), again and again, from a process of its own. */
export class ApiPoller {
  readonly #child: ChildProcess;

  constructor(port: number, intervalMs: number) {
    this.#child = fork(SCRIPT, [String(port), String(intervalMs)]);
  }

  start(): void {
    this.#child.send('start');
  }

  /** Settles when the last call is answered. */
  async stop(): Promise<PollCounts> {
    const counted = once(this.#child, 'message');
    this.#child.send('stop');
    const [counts] = (await counted) as [PollCounts];
    return counts;
  }

  close(): void {
    this.#child.disconnect();
  }
}
