import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { NANOMQ, type StartedBroker, startBroker } from './started-broker.ts';

/** What the HTTP API answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** How a command ended, and what it printed. */
export interface CommandEnding {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A started broker with a file of its own and the HTTP API. */
export interface AdministeredBroker extends StartedBroker {
  readonly file: string;
  readText(): Promise<string>;
  writeText(text: string): Promise<void>;
  /** One v1 request; rejects when the API does not answer 200. @returns the reply */
  v1(body: object): Promise<{ readonly data?: unknown }>;
  call(method: string, path: string, body?: string): Promise<HttpAnswer>;
  /** `nanomq WORD --conf nanomq.conf` as another process. */
  nanomq(word: string): Promise<CommandEnding>;
}

/**
 * @param rest    lines of the configuration after those that say where it listens
 * @param script  the JavaScript file to run, with the words before the flags
 */
export async function startAdministered(
  rest = '',
  script: readonly string[] = [NANOMQ, 'start'],
): Promise<AdministeredBroker> {
  const broker = await startBroker(
    script,
    ({ mqtt, http }) =>
      `# of the operator\nlisteners.tcp.bind = "127.0.0.1:${mqtt}"\nhttp_server { port = ${http} }\n${rest}`,
  );
  const file = join(broker.folder, 'nanomq.conf');
  const call = (method: string, path: string, body = '') => callHttp(broker.httpPort, method, path, body);
  return {
    ...broker,
    file,
    call,
    readText: () => readFile(file, 'utf8'),
    writeText: (text) => writeFile(file, text),
    v1: async (body) => {
      const { status, text } = await call('POST', '/api/v1', JSON.stringify({ seq: 1, ...body }));
      if (status !== 200) throw new Error(`the API answered ${status}: ${text}`);
      return JSON.parse(text) as { data?: unknown };
    },
    nanomq: (word) => runCommand([NANOMQ, word, '--conf', 'nanomq.conf'], broker),
  };
}

/** One request as `admin`, on a connection of its own. */
function callHttp(port: number, method: string, path: string, body: string): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method, path, auth: 'admin:public', agent: false };
    const headers = { 'content-length': Buffer.byteLength(body), 'content-type': 'application/x-www-form-urlencoded' };
    const call = request({ ...options, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(body);
  });
}

function runCommand(words: readonly string[], { folder, env }: StartedBroker): Promise<CommandEnding> {
  return new Promise((resolve) => {
    execFile(process.execPath, words, { cwd: folder, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}
