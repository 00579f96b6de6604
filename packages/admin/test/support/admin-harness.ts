import { request as httpRequest } from 'node:http';
import { type Logger, TurnQueue } from '@nanomq-ts/core';
import { expect, onTestFinished } from 'vitest';
import type { AdminParts, HttpServerOptions, OptionalParts } from '../../src/admin-options.ts';
import { type AdminServer, openAdminServer } from '../../src/admin-server.ts';
import { FakeParts } from './fake-parts.ts';
import { FakeAdmin, FakeConfig } from './fake-ports.ts';

/** A line of the log. */
export interface AdminLogLine {
  readonly level: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** What a call may differ in. */
export interface Call {
  readonly method?: string;
  readonly path?: string;
  /** An object is sent as JSON; text and bytes as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** `user:password`; null sends no header; by default the right one. */
  readonly auth?: string | null;
}

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** The options of a test server: any port of the loopback, admin/public. */
export const TEST_OPTIONS: HttpServerOptions = {
  host: '127.0.0.1',
  port: 0,
  username: 'admin',
  password: 'public',
  authType: 'basic',
  maxConcurrentRequests: 32,
  maxBodyBytes: 1_048_576,
  jwt: null,
  redactSecrets: false,
};

/** The header for `user:password`. */
export function basic(userAndPassword: string): string {
  return `Basic ${Buffer.from(userAndPassword).toString('base64')}`;
}

/** Waits for a fact; how long it takes says nothing on a machine that is busy. */
export function eventually(read: () => unknown): ReturnType<typeof expect.poll> {
  return expect.poll(read, { timeout: 15_000, interval: 5 });
}

/** An admin server on fake ports, a fake time of day, and a caller. Closed when the test ends. */
export class AdminHarness {
  readonly admin = new FakeAdmin();
  readonly config = new FakeConfig();
  readonly parts = new FakeParts();
  readonly lines: AdminLogLine[] = [];
  readonly options: HttpServerOptions;
  /** Milliseconds since 1970 the server sees. */
  nowMs = 1_700_000_000_000;
  /** How long answers were held back, in order; each is out when `wake` is called, at once by default. */
  readonly delaysMs: number[] = [];
  readonly sleepers: (() => void)[] = [];
  holdsSleepers = false;
  #server: AdminServer | undefined;

  private constructor(options: Partial<HttpServerOptions>) {
    this.options = { ...TEST_OPTIONS, ...options };
  }

  static async open(options: Partial<HttpServerOptions> = {}): Promise<AdminHarness> {
    const harness = new AdminHarness(options);
    await harness.#open(harness.parts);
    return harness;
  }

  /** Without the parts that may be missing. */
  static async openBare(): Promise<AdminHarness> {
    const harness = new AdminHarness({});
    await harness.#open({});
    return harness;
  }

  async #open(optional: OptionalParts): Promise<void> {
    const server = await openAdminServer({ ...this.#needed(), ...optional }, { sleep: (ms) => this.#sleep(ms) });
    this.#server = server;
    onTestFinished(() => server.close());
  }

  get server(): AdminServer {
    if (this.#server === undefined) throw new Error('not open');
    return this.#server;
  }

  get port(): number {
    return this.server.address.port;
  }

  #needed(): AdminParts {
    return {
      options: this.options,
      admin: this.admin,
      config: this.config,
      steps: new TurnQueue((callback) => void setImmediate(callback)),
      identity: { version: '0.1.0', startedAtMs: 1_699_999_000_000 },
      logger: this.#logger(),
      nowMs: () => this.nowMs,
    };
  }

  #logger(): Logger {
    const line =
      (level: string) =>
      (fields: Readonly<Record<string, unknown>>, text: string): void =>
        void this.lines.push({ level, fields, text });
    return { trace: line('trace'), debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
  }

  #sleep(ms: number): Promise<void> {
    this.delaysMs.push(ms);
    if (!this.holdsSleepers) return Promise.resolve();
    return new Promise((resolve) => this.sleepers.push(resolve));
  }

  /** Sends one request, by default `POST /api/v1` as admin. GET may have a body, which `fetch` forbids. */
  call({ method = 'POST', path = '/api/v1', body, headers = {}, auth = 'admin:public' }: Call): Promise<Reply> {
    const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? Buffer.from(body) : encode(body);
    return new Promise((resolve, reject) => {
      const sent: Record<string, string> = { connection: 'close', ...headers };
      if (auth !== null) sent.authorization = basic(auth);
      if (bytes !== null && sent['content-length'] === undefined && sent['transfer-encoding'] === undefined) {
        sent['content-length'] = String(bytes.length);
      }
      const request = httpRequest({ host: '127.0.0.1', port: this.port, method, path, headers: sent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      });
      request.on('error', reject);
      request.end(bytes ?? undefined);
    });
  }

  /** `call`, with the reply's JSON. */
  async json(call: Call): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
    const { status, text } = await this.call(call);
    return { status, body: JSON.parse(text) };
  }
}

function encode(body: unknown): Buffer | null {
  return body === undefined ? null : Buffer.from(JSON.stringify(body));
}
