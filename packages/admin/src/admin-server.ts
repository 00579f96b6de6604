import { setTimeout as after } from 'node:timers/promises';
import { CallerCheck } from './access/caller-check.ts';
import { FailedTries } from './access/failed-tries.ts';
import type { AdminParts, HttpServerOptions } from './admin-options.ts';
import { createApp } from './http/create-app.ts';
import { messageClassesOf } from './http/express-classes.ts';
import { HttpServer } from './http/http-server.ts';

/** An admin API that listens. */
export interface AdminServer {
  /** What it is bound to; `port` is the real one. */
  readonly address: { readonly host: string; readonly port: number };
  /**
   * Takes new options from the next request on. `host` and `port` wait for a restart.
   * @throws Error when the JWT key is missing or unusable; the options stay as they were
   */
  update(options: HttpServerOptions): void;
  /** Ends event streams, lets other requests be answered, then settles. */
  close(): Promise<void>;
}

/** What a test puts in place of the system. */
export interface AdminSeams {
  /** Holds the answer to a wrong try back. */
  readonly sleep?: (ms: number) => Promise<void>;
}

/**
 * Opens the HTTP admin API: v1, v4, metrics, OpenAPI and health.
 * @throws Error (rejects) when the JWT key is missing or unusable, or of the system: `EADDRINUSE`, ...
 */
export async function openAdminServer(parts: AdminParts, seams: AdminSeams = {}): Promise<AdminServer> {
  let current = parts.options;
  const live: AdminParts = {
    ...parts,
    get options() {
      return current;
    },
  };
  const callers = new CallerCheck(() => current, parts.nowMs);
  callers.prepare(current);
  const sleep = seams.sleep ?? ((ms) => after(ms, undefined, { ref: false }));
  const tries = new FailedTries(parts.nowMs, sleep);
  const app = createApp({ parts: live, callers, tries });
  const server = new HttpServer(
    (request, response) => parts.steps.push(() => app(request, response)),
    () => current.maxBodyBytes,
    messageClassesOf(app),
  );
  const address = await server.listen(current.host, current.port);
  return {
    address,
    update: (options) => {
      callers.prepare(options);
      current = options;
    },
    close: () => server.close(),
  };
}
